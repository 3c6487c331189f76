import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { eraseAnswers } from '../events/erase-answers.ts';
import {
  eraseIdleWebhooks,
  eraseNamelessWebhooks,
  eraseRejectedWebhooks,
  eraseWebhooks,
  type ErasedConnection,
  type WebhookBody,
} from '../webhooks/erase-webhooks.ts';
import { eraseLinkWebhooks } from '../link-sessions/erase-link-webhooks.ts';
import { findProviderConnection } from './find-provider-connection.ts';

/** Rows in one statement: few enough that nothing waits long for it. */
const BATCH = 2_000;

/** All that holds data of an account, by `account_id`. Changes of transactions go with them. */
const TABLES = [
  'transactions',
  'balances',
  'balance_history',
  'quarantined_items',
  'sync_cursors',
  'sync_runs',
  'transaction_stage',
] as const;

export interface Erasure {
  readonly connectionId: string;
  /** Whether a webhook that is noted as naming nobody tells of one of these, or may do so. */
  readonly concerns: (webhook: WebhookBody, erased: ErasedConnection) => boolean;
  /** Called between batches. What it throws ends the erasure, which can be taken up again. */
  readonly onBatch: () => void;
}

/**
 * Erases what the bank told of an unlinked connection's accounts: in batches, each for itself, so that it
 * goes on where it was, however often it is broken off. Nothing comes back: whatever writes for an account
 * looks first whether it is linked, under its lock. The rows of the connection and its accounts stay,
 * without names and numbers, and so do the events, which tell of neither, and their deliveries, without the answers.
 */
export async function eraseConnection(db: Database, erasure: Erasure): Promise<void> {
  const { connectionId, onBatch } = erasure;
  const { provider, id: providerConnectionId } = await findProviderConnection(db, connectionId);
  const accounts = await db
    .selectFrom('accounts')
    .where('connection_id', '=', connectionId)
    .select(['id', 'provider_account_id'])
    .execute();
  const erased = { provider, providerConnectionId, accounts };
  const ids = accounts.map(({ id }) => id);
  for (const table of TABLES) {
    while ((await eraseBatch(db, table, ids)) > 0) onBatch();
  }
  await eraseAnswers(db, connectionId, onBatch);
  await eraseWebhooks(db, ids, onBatch);
  await eraseIdleWebhooks(db, erased, onBatch);
  await eraseLinkWebhooks(db, connectionId, onBatch);
  const isOfThese = (webhook: WebhookBody): boolean => erasure.concerns(webhook, erased);
  await eraseNamelessWebhooks(db, provider, isOfThese, onBatch);
  await eraseRejectedWebhooks(db, provider);
  await eraseNames(db, connectionId, ids);
}

/** Answers with how many rows it erased. */
async function eraseBatch(
  db: Database,
  table: (typeof TABLES)[number],
  ids: readonly string[],
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where account_id = any(${[...ids]}::uuid[]) limit ${BATCH}
    ))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

async function eraseNames(
  db: Database,
  connectionId: string,
  ids: readonly string[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('accounts')
      .set({ name: null, number: null, type: null })
      .where('connection_id', '=', connectionId)
      .execute();
    await trx.deleteFrom('offered_accounts').where('connection_id', '=', connectionId).execute();
    // Answers to calls, kept for those that repeat them, show accounts by name and number.
    await trx
      .deleteFrom('idempotency_keys')
      .where('response_body', 'is not', null)
      .where(sql<boolean>`exists (
        select from unnest(${[connectionId, ...ids]}::text[]) as id
        where strpos(response_body, id) > 0)`)
      .execute();
    await trx
      .updateTable('connections')
      .set({ erased_at: sql<Date>`now()` })
      .where('id', '=', connectionId)
      .execute();
  });
}
