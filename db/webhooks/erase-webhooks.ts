import { sql } from 'kysely';
import type { Database } from '../connect.ts';

/** Bodies hold bank data, and may be large. */
const BATCH = 500;

/** What is erased, by our ids and by its provider's. */
export interface ErasedConnection {
  readonly provider: string;
  readonly providerConnectionId: string;
  readonly accounts: readonly ErasedAccount[];
}

export interface ErasedAccount {
  readonly id: string;
  readonly provider_account_id: string;
}

/** As it is stored: see `credentials/webhook-body.ts`. */
export interface WebhookBody {
  readonly id: string;
  readonly body: Buffer | null;
  readonly body_sealed: boolean;
}

/**
 * Deletes the effects that webhooks had on these accounts, and the webhooks that had none on others.
 */
export async function eraseWebhooks(
  db: Database,
  accountIds: readonly string[],
  onBatch: () => void,
): Promise<void> {
  const accounts = sql`${[...accountIds]}::uuid[]`;
  for (;;) {
    const isDone = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ id: string }>`
        select distinct webhook_id as id from (
          select webhook_id from webhook_effects where account_id = any(${accounts}) limit ${BATCH}
        ) waiting`.execute(trx);
      if (rows.length === 0) return true;
      const webhooks = sql`${rows.map(({ id }) => id)}::uuid[]`;
      await sql`
        delete from webhook_effects
        where webhook_id = any(${webhooks}) and account_id = any(${accounts})`.execute(trx);
      await sql`
        delete from inbound_webhooks w
        where id = any(${webhooks})
          and not exists (select from webhook_effects e where e.webhook_id = w.id)`.execute(trx);
      return false;
    });
    if (isDone) return;
    onBatch();
  }
}

/**
 * Deletes the webhooks that name the connection or one of its accounts and had no effect on any account:
 * they came before the account was found, after the unlink, or changed nothing.
 */
export async function eraseIdleWebhooks(
  db: Database,
  { provider, providerConnectionId, accounts }: ErasedConnection,
  onBatch: () => void,
): Promise<void> {
  const ids = accounts.map((account) => account.provider_account_id);
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from inbound_webhooks where id = any(array(
        select id from inbound_webhooks w
        where provider = ${provider}
          and (provider_connection_id = ${providerConnectionId}
            or provider_account_id = any(${ids}::text[]))
          and not exists (select from webhook_effects e where e.webhook_id = w.id)
        limit ${BATCH}
      ))`.execute(db);
    if (numAffectedRows === 0n) return;
    onBatch();
  }
}

/** Deletes the provider's sample of those that were refused: what they hold, and of whom, nobody can vouch for. */
export async function eraseRejectedWebhooks(db: Database, provider: string): Promise<void> {
  await db.deleteFrom('rejected_webhooks').where('provider', '=', provider).execute();
}

/**
 * Of the webhooks that are noted as naming nobody (such as those that could not be read, or came before
 * this was noted) and that had no effect, deletes those of which `isToErase` finds that they tell of what is
 * erased.
 */
export async function eraseNamelessWebhooks(
  db: Database,
  provider: string,
  isToErase: (webhook: WebhookBody) => boolean,
  onBatch: () => void,
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const { rows }: { rows: WebhookBody[] } = await sql<WebhookBody>`
      select id, body, body_sealed from inbound_webhooks w
      where provider = ${provider} and (${after}::uuid is null or id > ${after}::uuid)
        and provider_connection_id is null and provider_account_id is null
        and not exists (select from webhook_effects e where e.webhook_id = w.id)
      order by id limit ${BATCH}`.execute(db);
    const ids = rows.filter(isToErase).map(({ id }) => id);
    if (ids.length > 0) {
      await sql`delete from inbound_webhooks where id = any(${ids}::uuid[])`.execute(db);
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    onBatch();
  }
}
