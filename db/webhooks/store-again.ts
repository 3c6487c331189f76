import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { EffectProduct } from '../schema.ts';

/**
 * A webhook that was stored before has no new effect. But one to which its provider gives no time can
 * tell of another event in the same words: then what it points to is looked at again.
 */
export async function storeAgain(
  db: Pick<Database, 'updateTable'>,
  webhook: {
    readonly provider: string;
    readonly dedupeKey: string;
    readonly occurredAt: string | null;
  },
): Promise<{
  readonly id: string | null;
  readonly effects: readonly { readonly accountId: string; readonly product: EffectProduct }[];
}> {
  if (webhook.occurredAt !== null) return { id: null, effects: [] };
  const reopened = await db
    .updateTable('webhook_effects')
    .from('inbound_webhooks')
    .whereRef('inbound_webhooks.id', '=', 'webhook_effects.webhook_id')
    .where('inbound_webhooks.provider', '=', webhook.provider)
    .where('inbound_webhooks.dedupe_key', '=', webhook.dedupeKey)
    .where('webhook_effects.applied_at', 'is not', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('accounts')
          .whereRef('accounts.id', '=', 'webhook_effects.account_id')
          .where('accounts.unlinked_at', 'is', null),
      ),
    )
    .set({ applied_at: null, signalled_at: null, sync_run_id: null })
    .returning([
      'webhook_effects.webhook_id as id',
      'webhook_effects.account_id as accountId',
      'webhook_effects.product',
    ])
    .execute();
  const [first] = reopened;
  // What the bank gives no time is as of when it came.
  if (first) {
    await db
      .updateTable('inbound_webhooks')
      .set({ received_at: sql<Date>`now()` })
      .where('id', '=', first.id)
      .execute();
  }
  const effects = reopened.map(({ accountId, product }) => ({ accountId, product }));
  return { id: first?.id ?? null, effects };
}
