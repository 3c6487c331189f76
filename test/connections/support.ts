import { sql } from 'kysely';
import type { Database } from '../../db/connect.ts';
import { eventually } from '../support/eventually.ts';
import { untilStatus, type Linked } from '../support/link.ts';
import type { ApiAnswer, Freshet } from '../support/start-freshet.ts';

export async function connectionOf(freshet: Freshet, id: string): Promise<ApiAnswer['body']> {
  return (await freshet.call('GET', `/v1/connections/${id}`)).body;
}

/** Waits until a connection is as the test wants it; answers with it. */
export async function untilConnection(
  freshet: Freshet,
  id: string,
  isIt: (body: ApiAnswer['body']) => boolean,
  timeoutMs = 30_000,
): Promise<ApiAnswer['body']> {
  return await eventually(
    async () => {
      const body = await connectionOf(freshet, id);
      return isIt(body) ? body : null;
    },
    { timeoutMs, describe: `connection ${id}` },
  );
}

export async function untilAllActive(freshet: Freshet, linked: Linked): Promise<void> {
  for (const { account } of linked.accounts) await untilStatus(freshet, account, 'active', 60_000);
}

/** The events of a connection, oldest first. */
export async function eventsOf(db: Database, connectionId: string) {
  return await db
    .selectFrom('events')
    .where('connection_id', '=', connectionId)
    .orderBy('id')
    .select(['type', 'account_id', 'data'])
    .execute();
}

/** The tables in whose rows, as text or in a body, a word is found. */
export async function tablesWith(db: Database, word: string): Promise<string[]> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(db);
  const hex = Buffer.from(word).toString('hex');
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from ${sql.table(name)} t
      where strpos(t::text, ${word}) > 0 or strpos(t::text, ${hex}) > 0`.execute(db);
    if (rows[0]?.n !== 0) found.push(name);
  }
  return found;
}

/** How many rows of each table that holds bank data belong to these accounts; none are left out. */
export async function rowsOf(
  db: Database,
  accounts: readonly string[],
): Promise<Record<string, number>> {
  const ids = sql`${[...accounts]}::uuid[]`;
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.columns join pg_class on relname = table_name
    where table_schema = 'public' and column_name = 'account_id' and relkind = 'r'
      and table_name <> 'events'`.execute(db);
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from ${sql.table(name)} where account_id = any(${ids})`.execute(db);
    const n = rows[0]?.n ?? 0;
    if (n > 0) counts[name] = n;
  }
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from transaction_changes c
    join transactions t on t.id = c.transaction_id where t.account_id = any(${ids})`.execute(db);
  if (rows[0]?.n) counts['transaction_changes'] = rows[0].n;
  return counts;
}
