import type { Database } from '../../../db/connect.ts';
import type { EventBody } from '../../../events/render-event.ts';

/** A row as it was told, or as it was once committed: from its id to its versions. */
export type Versions = Map<string, Set<string>>;

const FIELDS = [
  'provider_transaction_id',
  'status',
  'amount',
  'currency',
  'description',
  'counterparty',
] as const;
type Fields = Record<(typeof FIELDS)[number], string | null>;

const AMOUNTS = ['current', 'available', 'currency'] as const;
type Amounts = Record<(typeof AMOUNTS)[number], string | null>;

/** An amount without the zeros that say nothing. */
const plain = (text: string | null): string | null =>
  text !== null && /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;

const versionOf = (fields: Fields): string =>
  JSON.stringify(FIELDS.map((name) => plain(fields[name])));
const amountsOf = (amounts: Amounts): string =>
  JSON.stringify(AMOUNTS.map((name) => plain(amounts[name])));

function note(versions: Versions, id: string, version: string): void {
  const known = versions.get(id);
  if (known) known.add(version);
  else versions.set(id, new Set([version]));
}

type TransactionInBody = Fields & { readonly id: string };
interface FullData {
  readonly balance?: Amounts & { readonly account_id: string };
  readonly transactions?: Readonly<Record<string, readonly TransactionInBody[]>>;
}

/** Notes the rows that a body holds: transactions by their ids, a balance by its account's. */
export function noteTold(versions: Versions, { data }: EventBody): void {
  const { balance, transactions } = data as FullData;
  if (balance) note(versions, balance.account_id, amountsOf(balance));
  for (const one of Object.values(transactions ?? {}).flat()) {
    note(versions, one.id, versionOf(one));
  }
}

/** All that was ever committed. */
export async function committedVersions(db: Database): Promise<Versions> {
  const versions: Versions = new Map();
  const balances = await db
    .selectFrom('balance_history')
    .select(['account_id', ...AMOUNTS])
    .execute();
  for (const row of balances) note(versions, row.account_id, amountsOf(row));

  const transactions = await db
    .selectFrom('transactions')
    .select(['id', ...FIELDS])
    .execute();
  const now = new Map<string, Fields>(transactions.map(({ id, ...fields }) => [id, fields]));
  for (const [id, fields] of now) note(versions, id, versionOf(fields));
  const changes = await db
    .selectFrom('transaction_changes')
    .select(['transaction_id', 'fields'])
    .orderBy('id', 'desc')
    .execute();
  for (const { transaction_id: id, fields } of changes) {
    const after = now.get(id);
    if (!after) continue;
    const before = Object.entries(fields as Record<string, [string | null, string | null]>)
      .filter(([name]) => (FIELDS as readonly string[]).includes(name))
      .map(([name, [value]]) => [name, value]);
    now.set(id, { ...after, ...Object.fromEntries(before) });
    note(versions, id, versionOf(now.get(id) ?? after));
  }
  return versions;
}

/** What was told, and never was committed. */
export function notCommitted(told: Versions, committed: Versions): string[] {
  return [...told].flatMap(([id, versions]) =>
    [...versions]
      .filter((version) => !committed.get(id)?.has(version))
      .map((version) => `${id}: ${version}`),
  );
}
