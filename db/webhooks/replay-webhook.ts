import { sql, type Transaction, type Updateable } from 'kysely';
import type { Database } from '../connect.ts';
import type { ConnectionToRun } from '../connections/connection-to-run.ts';
import type { EffectProduct, InboundWebhooksTable, Schema, WebhookOutcome } from '../schema.ts';
import { accountsConcerned } from './find-concerned.ts';
import { noteLinkWebhook } from '../link-sessions/note-link-webhook.ts';
import { askAgain } from './store-consent-webhook.ts';
import { isWithoutEffect, type StoredEffect, type WebhookReading } from './store-webhooks.ts';

/** A stored webhook, as it stands when it is to be replayed. */
export interface WebhookToReplay {
  readonly id: string;
  readonly provider: string;
  /** As it is stored: see `credentials/webhook-body.ts`. */
  readonly body: Buffer | null;
  readonly body_sealed: boolean;
}

export type ReplayOutcome =
  | {
      readonly outcome: 'replayed';
      readonly effects: readonly StoredEffect[];
      /** What it says now; null where it cannot be read. */
      readonly reading: (WebhookReading & { readonly provider: string }) | null;
      /** Those whose provider is to be asked. */
      readonly connections: readonly ConnectionToRun[];
    }
  | { readonly outcome: 'unknown' }
  /** Its body cannot be read, and what it has to do cannot be told without it. */
  | { readonly outcome: 'body_needed' };

/**
 * Has a webhook take effect again: on the accounts that it concerns now, in one transaction. Where its body cannot be
 * read, what it once had to do is opened again. Answers with what waits now, also where it waited already.
 *
 * @param read what the body says, by the code of today; null where it cannot be read. Called under the webhook's lock.
 */
export async function replayWebhook(
  db: Database,
  id: string,
  read: (webhook: WebhookToReplay) => WebhookReading | null,
): Promise<ReplayOutcome> {
  return await db.transaction().execute(async (trx) => {
    const webhook = await trx
      .selectFrom('inbound_webhooks')
      .where('id', '=', id)
      .select(['id', 'provider', 'body', 'body_sealed'])
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!webhook) return { outcome: 'unknown' };
    const stored = await storedEffects(trx, id);

    const reading = read(webhook);
    if (reading === null || (!reading.readable && stored.length > 0)) {
      const canBeReadInFull =
        stored.length > 0 && stored.every(({ product }) => product !== 'connection');
      if (!canBeReadInFull) return { outcome: 'body_needed' };
      const effects = await open(trx, id, await stillConcerned(trx, id));
      await noteReplay(trx, id, {});
      return { outcome: 'replayed', effects, reading: null, connections: [] };
    }

    const named = { ...reading, id, provider: webhook.provider };
    const isOfSession = await noteLinkWebhook(trx, named);
    const connections = await askAgain(trx, named);
    const concerned = await accountsConcerned(trx, named).orderBy('accounts.id').execute();
    const wanted = concerned.flatMap(({ id: accountId }) =>
      [...named.products].sort().map((product) => ({ accountId, product })),
    );
    const effects = await open(trx, id, wanted);
    const { type, occurredAt, providerConnectionId, providerAccountId, understood } = reading;
    await noteReplay(trx, id, {
      type,
      occurred_at: occurredAt,
      provider_connection_id: providerConnectionId,
      provider_account_id: providerAccountId,
      understood,
      outcome: outcomeOf(reading, {
        isAccepted: isOfSession || connections.length > 0 || wanted.length > 0 || stored.length > 0,
      }),
    });
    return { outcome: 'replayed', effects, reading: named, connections };
  });
}

function outcomeOf(
  reading: WebhookReading,
  { isAccepted }: { readonly isAccepted: boolean },
): WebhookOutcome {
  if (isAccepted) return 'accepted';
  if (!reading.readable) return 'unreadable';
  return isWithoutEffect(reading) ? 'no_effect' : 'unmatched';
}

async function storedEffects(
  trx: Transaction<Schema>,
  id: string,
): Promise<{ readonly product: EffectProduct }[]> {
  return await trx
    .selectFrom('webhook_effects')
    .where('webhook_id', '=', id)
    .select('product')
    .execute();
}

/** What it had to do, for accounts that are linked. */
async function stillConcerned(trx: Transaction<Schema>, id: string): Promise<StoredEffect[]> {
  return await trx
    .selectFrom('webhook_effects as e')
    .innerJoin('accounts as a', 'a.id', 'e.account_id')
    .where('e.webhook_id', '=', id)
    .where('a.unlinked_at', 'is', null)
    .select(['e.account_id as accountId', 'e.product'])
    .execute();
}

async function open(
  trx: Transaction<Schema>,
  id: string,
  effects: readonly StoredEffect[],
): Promise<readonly StoredEffect[]> {
  if (effects.length === 0) return effects;
  await trx
    .insertInto('webhook_effects')
    .values(
      effects.map(({ accountId, product }) => ({ webhook_id: id, account_id: accountId, product })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['webhook_id', 'account_id', 'product'])
        .doUpdateSet({ applied_at: null, signalled_at: null, tried_at: null, sync_run_id: null }),
    )
    .execute();
  return effects;
}

async function noteReplay(
  trx: Transaction<Schema>,
  id: string,
  values: Updateable<InboundWebhooksTable>,
): Promise<void> {
  await trx
    .updateTable('inbound_webhooks')
    .set({ ...values, replays: sql<number>`replays + 1`, replayed_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}
