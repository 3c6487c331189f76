import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import type { EffectProduct } from '../schema.ts';
import type { StoredEffect } from './store-webhooks.ts';

/**
 * A webhook that was stored before has no new effect. But one to which its provider gives no time can
 * tell of another event in the same words: then what it points to is looked at again, as of now. Answers
 * null where it is not there any more: its body was taken out meanwhile, or it was deleted.
 */
export async function storeAgain(
  db: Database,
  webhook: { readonly provider: string; readonly dedupeKey: string },
): Promise<{ readonly id: string; readonly effects: readonly StoredEffect[] } | null> {
  const { rows } = await sql<Row>`
    with known as materialized (
      select id from inbound_webhooks
      where provider = ${webhook.provider} and dedupe_key = ${webhook.dedupeKey}
      for no key update
    ),
    reopened as (
      update webhook_effects e
      set applied_at = null, signalled_at = null, sync_run_id = null
      from known, accounts a
      where e.webhook_id = known.id and e.applied_at is not null
        and a.id = e.account_id and a.unlinked_at is null
      returning e.webhook_id, e.account_id, e.product
    ),
    touched as (
      update inbound_webhooks set received_at = now()
      where id in (select webhook_id from reopened)
    )
    select known.id, reopened.account_id, reopened.product
    from known left join reopened on true`.execute(db);
  const [first] = rows;
  if (!first) return null;
  const effects = rows.flatMap(({ account_id: accountId, product }) =>
    accountId === null || product === null ? [] : [{ accountId, product }],
  );
  return { id: first.id, effects };
}

interface Row {
  readonly id: string;
  readonly account_id: string | null;
  readonly product: EffectProduct | null;
}
