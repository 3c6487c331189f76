import { createHash } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { Product } from '../../config/product.ts';
import type { RejectedItem } from '../../providers/provider.ts';
import type { Schema } from '../schema.ts';

const MOST_RAW_CHARACTERS = 64 * 1024;

interface By {
  readonly accountId: string;
  readonly syncRunId: string;
  readonly product: Product;
}

/** Keeps what could not be taken, and why, once for each distinct content. */
export async function quarantineItems(
  trx: Transaction<Schema>,
  by: By,
  rejected: readonly RejectedItem[],
): Promise<void> {
  for (const item of rejected) {
    const fingerprint = createHash('sha256').update(item.reason).update(item.raw).digest();
    const raw = item.raw.slice(0, MOST_RAW_CHARACTERS).toWellFormed().replaceAll('\0', '');
    const seen = { last_seen_at: sql<Date>`now()`, sync_run_id: by.syncRunId };
    await trx
      .insertInto('quarantined_items')
      .values({
        account_id: by.accountId,
        product: by.product,
        provider_id: item.providerId,
        reason: item.reason,
        raw,
        fingerprint,
        ...seen,
      })
      .onConflict((conflict) => conflict.columns(['account_id', 'fingerprint']).doUpdateSet(seen))
      .execute();
  }
}

/** Lets go of what a read of everything no longer held: it was mended, altered or removed. */
export async function releaseAbsent(trx: Transaction<Schema>, by: By): Promise<void> {
  await trx
    .deleteFrom('quarantined_items')
    .where('account_id', '=', by.accountId)
    .where('product', '=', by.product)
    .where('sync_run_id', '!=', by.syncRunId)
    .execute();
}

/** Lets go of what had been held back and has now been taken from this stage. */
export async function releaseTaken(
  trx: Transaction<Schema>,
  accountId: string,
  stageId: string,
): Promise<void> {
  await sql`
    delete from quarantined_items held
    using transaction_stage staged
    where held.account_id = ${accountId} and held.product = 'transaction'
      and staged.stage_id = ${stageId}
      and staged.provider_transaction_id = held.provider_id`.execute(trx);
}
