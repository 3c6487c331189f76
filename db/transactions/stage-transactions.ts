import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { ProviderTransaction } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { fingerprintOf } from './fingerprint.ts';
import { SyncRefused } from '../syncs/sync-refused.ts';

/** Rows in one statement: enough to be fast, few enough that a statement stays small. */
const ROWS_PER_STATEMENT = 2_000;

interface Stage {
  readonly stageId: string;
  readonly accountId: string;
}

/**
 * Sets transactions of a sync that is still reading aside. They are nobody's truth until
 * `commitTransactions` takes them.
 *
 * Of those that we hold already, just so, the raw JSON is not even sent to the database: most of a
 * repeated read is of that kind, and most of a row is its raw JSON.
 *
 * Throws `SyncRefused` once the account is unlinked: what is staged after that nobody would erase.
 * @param stage names one attempt of one sync; a later attempt has another.
 */
export async function stageTransactions(
  db: Database,
  stage: Stage,
  transactions: readonly ProviderTransaction[],
): Promise<void> {
  for (let start = 0; start < transactions.length; start += ROWS_PER_STATEMENT) {
    const batch = transactions.slice(start, start + ROWS_PER_STATEMENT);
    const rest = (await holdsAny(db, stage.accountId)) ? await stageKnown(db, stage, batch) : batch;
    if (rest.length > 0) await stageWhole(db, stage, rest);
  }
}

/**
 * Opens a stage for an attempt of a sync. What other attempts had set aside is thrown away, and should
 * one of them still live, its commit is refused (`StageLost`): what it has read is older. Throws
 * `SyncRefused` once the account is unlinked.
 */
export async function openStage(db: Database, accountId: string): Promise<string> {
  const stageId = randomUUID();
  await db.transaction().execute(async (trx) => {
    const linked = await trx
      .updateTable('accounts')
      .set({ stage_id: stageId })
      .where('id', '=', accountId)
      .where('unlinked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!linked) throw new SyncRefused('account_unlinked');
    await trx.deleteFrom('transaction_stage').where('account_id', '=', accountId).execute();
  });
  return stageId;
}

/**
 * The account, where it is linked. The lock orders a statement against the unlink, which a key share
 * would not: what is staged is there before the unlink, and erased, or not at all.
 */
const linkedAccount = (accountId: string): RawBuilder<unknown> => sql`
  linked as materialized (
    select id from accounts where id = ${accountId} and unlinked_at is null for share
  )`;

async function holdsAny(db: Database, accountId: string): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from transactions where account_id = ${accountId}) as any`.execute(db);
  return rows[0]?.any === true;
}

/**
 * Stages what is as we hold it, as a copy of what we hold and without the raw JSON, and answers with
 * the rest. Looks up row by row, never at the whole account, whatever the planner believes of it.
 */
async function stageKnown(
  db: Database,
  stage: Stage,
  batch: readonly ProviderTransaction[],
): Promise<ProviderTransaction[]> {
  const given = batch.map((transaction) => ({
    given_id: transaction.providerTransactionId,
    given_fingerprint: fingerprintOf(transaction),
    // Ours may be of another making: found by likeness.
    pending_id: transaction.pendingProviderTransactionId ?? undefined,
  }));
  const { rows } = await sql<{ linked: boolean; places: string[] }>`
    with ${linkedAccount(stage.accountId)}, page as materialized (
      select given.place, given.pending_id, kept.*
      from rows from (jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
          as (given_id text, given_fingerprint uuid, pending_id text))
        with ordinality as given(given_id, given_fingerprint, pending_id, place)
      left join lateral (
        select ${KEPT}, removed_at from transactions
        where account_id = ${stage.accountId} and provider_transaction_id = given.given_id
        limit 1
      ) kept on kept.fingerprint = given.given_fingerprint and kept.removed_at is null
    ), staged as (
      insert into transaction_stage (stage_id, account_id, ${KEPT}, pending_provider_transaction_id)
      select ${stage.stageId}::uuid, linked.id, ${KEPT}, pending_id
      from linked, page where fingerprint is not null
      order by place
    )
    select exists (select from linked) as linked,
      array(select place::text from page where fingerprint is null order by page.place) as places`.execute(
    db,
  );
  const [found] = rows;
  if (!found?.linked) throw new SyncRefused('account_unlinked');
  return found.places.flatMap((place) => batch[Number(place) - 1] ?? []);
}

/**
 * The raw JSON goes beside the rest: within it, it would be escaped here and unescaped there. Valid JSON
 * holds no control character, so that one can part them.
 */
async function stageWhole(
  db: Database,
  stage: Stage,
  batch: readonly ProviderTransaction[],
): Promise<void> {
  const rows = JSON.stringify(batch.map(toRow));
  const raws = batch.map(({ raw }) => raw).join(SEPARATOR);
  const { numAffectedRows } = await sql`
    with ${linkedAccount(stage.accountId)}
    insert into transaction_stage (stage_id, account_id, ${NAMES}, raw)
    select ${stage.stageId}::uuid, linked.id, ${NAMES}, raw::json
    from linked, rows from (jsonb_to_recordset(${rows}::jsonb) as (${COLUMNS}), string_to_table(${raws}, ${SEPARATOR}))
      as page(${NAMES}, raw)`.execute(db);
  if (numAffectedRows === 0n) throw new SyncRefused('account_unlinked');
}

/** ASCII's own record separator. */
const SEPARATOR = '\x1e';

const TYPES = {
  provider_transaction_id: 'text',
  status: 'text',
  amount: 'numeric',
  currency: 'text',
  description: 'text',
  counterparty: 'text',
  category: 'text',
  transacted_at: 'timestamptz',
  booked_at: 'timestamptz',
  value_date: 'date',
  running_balance: 'numeric',
  pending_provider_transaction_id: 'text',
  provider_updated_at: 'timestamptz',
  fingerprint: 'uuid',
};

const NAMES: RawBuilder<unknown> = sql.raw(Object.keys(TYPES).join(', '));
/** Those that a copy of what we hold has. */
const KEPT: RawBuilder<unknown> = sql.raw(
  Object.keys(TYPES)
    .filter((name) => name !== 'pending_provider_transaction_id')
    .join(', '),
);
const COLUMNS: RawBuilder<unknown> = sql.raw(
  Object.entries(TYPES)
    .map(([name, type]) => `${name} ${type}`)
    .join(', '),
);

function toRow(transaction: ProviderTransaction): Record<keyof typeof TYPES, string | null> {
  return {
    provider_transaction_id: transaction.providerTransactionId,
    status: transaction.status,
    amount: transaction.amount,
    currency: transaction.currency,
    description: transaction.description,
    counterparty: transaction.counterparty,
    category: transaction.category,
    transacted_at: transaction.transactedAt,
    booked_at: transaction.bookedAt,
    value_date: transaction.valueDate,
    running_balance: transaction.runningBalance,
    pending_provider_transaction_id: transaction.pendingProviderTransactionId,
    provider_updated_at: transaction.providerUpdatedAt,
    fingerprint: fingerprintOf(transaction),
  };
}
