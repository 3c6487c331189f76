import { sql } from 'kysely';
import type { Database } from './connect.ts';

/** Bodies hold bank data, and may be large. */
const BATCH = 500;

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
 * Deletes those of a provider's webhooks that had no effect on any account and of which `isToErase`
 * finds that they tell of what is erased: they came before the account was found, or after the unlink.
 */
export async function eraseUnmatchedWebhooks(
  db: Database,
  provider: string,
  isToErase: (body: Buffer) => boolean,
  onBatch: () => void,
): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const { rows }: { rows: { id: string; body: Buffer }[] } = await sql<{
      id: string;
      body: Buffer;
    }>`
      select id, body from inbound_webhooks w
      where provider = ${provider} and (${after}::uuid is null or id > ${after}::uuid)
        and not exists (select from webhook_effects e where e.webhook_id = w.id)
      order by id limit ${BATCH}`.execute(db);
    const ids = rows.filter(({ body }) => isToErase(body)).map(({ id }) => id);
    if (ids.length > 0) {
      await sql`delete from inbound_webhooks where id = any(${ids}::uuid[])`.execute(db);
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
    onBatch();
  }
}
