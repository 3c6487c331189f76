import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { freshDatabase, type FreshDatabase } from '../support/fresh-database.ts';
import { storeAccount, storeTransaction } from '../support/store.ts';

const MAIN = fileURLToPath(new URL('../../api/export-main.ts', import.meta.url));

let database: FreshDatabase;
let db: Database;
let account: string;
beforeAll(async () => {
  database = await freshDatabase();
  db = connectDatabase({ url: database.url, onIdleError: () => undefined });
  account = await storeAccount(db);
  await storeTransaction(db, account, {
    providerId: 'b',
    amount: '-12345678901234567.890',
    transactedAt: '2026-01-02T00:00:00Z',
    bookedAt: '2026-01-03T00:00:00Z',
    valueDate: '2026-01-04',
    description: 'Say "hello",\nworld',
    counterparty: '',
  });
  await storeTransaction(db, account, {
    providerId: 'a',
    amount: '0.005',
    status: 'pending',
    description: '=1+1',
  });
  await storeTransaction(db, account, {
    providerId: 'c',
    transactedAt: '2026-01-03T00:00:00Z',
    removedAt: '2026-01-05T00:00:00Z',
  });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

function startExport(args: readonly string[]) {
  return spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], FRESHET_DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(...args: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const child = startExport(args);
  const closed = once(child, 'close');
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, out, err };
}

describe('npm run export', () => {
  it('writes RFC 4180, with exact amounts, oldest first', async () => {
    const { code, out, err } = await run('--account', account);
    expect([code, err]).toEqual([0, '']);
    const [head, first, ...rest] = out.split('\r\n');
    expect(head).toBe(
      'id,account_id,provider_transaction_id,status,amount,currency,description,counterparty,category,transacted_at,booked_at,booked_date,value_date,running_balance,matched_by,removed_at,first_seen_at,changed_at',
    );
    expect(first).toContain(`,${account},a,pending,0.005,NGN,=1+1,,,2026-01-01T12:00:00.000Z,,,,`);
    expect(rest.join('\r\n')).toContain(
      `,${account},b,posted,-12345678901234567.890,NGN,"Say ""hello"",\nworld","",,2026-01-02T00:00:00.000Z,2026-01-03T00:00:00.000Z,2026-01-03,2026-01-04,,,,`,
    );
    expect(rest).toHaveLength(2);
    expect(rest.at(-1)).toBe('');
  });

  it('writes JSON Lines, of a range, and what was removed when asked', async () => {
    const options = ['--account', account, '--format', 'jsonl', '--include-removed'];
    const { code, out } = await run(...options, '--from', '2026-01-02', '--to', '2026-01-03');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([code, rows.map((row) => row.provider_transaction_id)]).toEqual([0, ['b', 'c']]);
    expect(rows[0]).toMatchObject({ amount: '-12345678901234567.890', removed_at: null });
    expect(rows[1]).toMatchObject({ removed_at: '2026-01-05T00:00:00.000Z' });
  });

  it.each([
    [[], /--account must be the id of an account/],
    [['--account', 'x'], /--account must be the id of an account/],
    [['--account', '0198c0de-0000-7000-8000-000000000000'], /^There is no account 0198c0de/],
    [
      ['--format', 'xml', '--account', '0198c0de-0000-7000-8000-000000000000'],
      /--format must be csv or jsonl/,
    ],
    [['--until', 'now'], /Unknown option '--until'/],
  ])('%j is one readable error', async (args, message) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
  });

  it('ends quietly when whoever reads has enough, and waits for a slow one', async () => {
    const large = await storeAccount(db);
    await sql`
      insert into transactions (account_id, provider_transaction_id, status, amount, currency,
        description, transacted_at, provider_updated_at, raw, sync_run_id)
      select ${large}, 'n' || n, 'posted', n, 'NGN', repeat('x', 200),
        now() - n / 3 * interval '1 second', now(), '{}', uuidv7()
      from generate_series(1, 20000) n`.execute(db);
    const closing = startExport(['--account', large]);
    closing.stdout.once('data', () => closing.stdout.destroy());
    const [err, [code]] = await Promise.all([text(closing.stderr), once(closing, 'close')]);
    expect([code, err]).toEqual([0, '']);

    const { out } = await run('--account', large, '--format', 'jsonl');
    const ids = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect([ids.length, new Set(ids).size]).toEqual([20_000, 20_000]);
  });
});
