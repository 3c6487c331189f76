import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { runInfo } from '../support/run-info.ts';
import { nodeSample, type SampleProgram } from '../support/start-sample.ts';
import type { Freshet } from '../support/start-freshet.ts';

const RECEIVERS = fileURLToPath(new URL('../../docs/receivers/', import.meta.url));

type Row = Readonly<Record<string, unknown>>;

/** What a sample holds, of all accounts. */
export interface Held {
  readonly balances: readonly Row[];
  readonly transactions: readonly Row[];
}

export interface Sample {
  readonly name: string;
  /** Why it cannot be run here; null: it can. */
  readonly missing: string | null;
  /** Makes it ready, and says how it is run. */
  prepare(): SampleProgram;
  /** Where it keeps what it receives, as its environment tells it. */
  place(): Readonly<Record<string, string>>;
  held(place: Readonly<Record<string, string>>): Held;
  /** The ids of the events that it has handled. */
  handled(place: Readonly<Record<string, string>>): readonly string[];
}

export const newFolder = (): string => mkdtempSync(path.join(runInfo().runDir, 'sample-'));

const inDatabase = {
  place: () => ({ DATABASE: path.join(newFolder(), 'received.db') }),
  held: ({ DATABASE = '' }: Readonly<Record<string, string>>) => heldInDatabase(DATABASE),
  handled: ({ DATABASE = '' }: Readonly<Record<string, string>>) =>
    inside(DATABASE, (db) =>
      db
        .prepare('select id from received_events where handled_at is not null')
        .all()
        .map((row) => String(row['id'])),
    ),
};

export const heldInDatabase = (file: string): Held =>
  inside(file, (db) => ({
    balances: db.prepare('select * from balances').all(),
    transactions: db.prepare('select * from transactions').all(),
  }));

function inside<Result>(file: string, read: (db: DatabaseSync) => Result): Result {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

const rowsIn = (folder: string): Row[] =>
  readdirSync(folder).map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')));

const missing = (command: string, args: readonly string[]): string | null =>
  spawnSync(command, [...args]).status === 0 ? null : `there is no ${command} here`;

export const SAMPLES: readonly Sample[] = [
  {
    name: 'TypeScript',
    missing: null,
    prepare: () => nodeSample('receivers/typescript/receiver.ts'),
    ...inDatabase,
  },
  {
    name: 'Python',
    missing: missing('python3', ['-c', 'import sqlite3, sys; assert sys.version_info >= (3, 9)']),
    prepare: () => ({ command: 'python3', args: [path.join(RECEIVERS, 'python/receiver.py')] }),
    ...inDatabase,
  },
  {
    name: 'Go',
    missing: missing('go', ['version']),
    prepare() {
      const command = path.join(newFolder(), 'receiver');
      const env = { ...process.env, GOTOOLCHAIN: 'local', GOPROXY: 'off', GOFLAGS: '-mod=mod' };
      execFileSync('go', ['build', '-o', command, '.'], { cwd: path.join(RECEIVERS, 'go'), env });
      return { command, args: [] };
    },
    place: () => ({ FOLDER: newFolder() }),
    held: ({ FOLDER = '' }) => ({
      balances: rowsIn(path.join(FOLDER, 'balances')),
      transactions: rowsIn(path.join(FOLDER, 'transactions')),
    }),
    handled: ({ FOLDER = '' }) =>
      readdirSync(path.join(FOLDER, 'handled')).map((name) => path.basename(name, '.json')),
  },
];

const toIso = (time: unknown): string | null =>
  time === null ? null : new Date(time as string).toISOString();

/** One account's part of what is held, so that it can be compared. */
export function ofAccount({ balances, transactions }: Held, accountId: string): Held {
  const isOfAccount = ({ account_id: id }: Row): boolean => id === accountId;
  return {
    balances: balances.filter(isOfAccount).map((row) => ({
      current: row['current'],
      available: row['available'],
      currency: row['currency'],
      data_as_of: toIso(row['data_as_of']),
    })),
    transactions: transactions
      .filter(isOfAccount)
      .map((row) => ({
        id: row['id'],
        status: row['status'],
        amount: row['amount'],
        currency: row['currency'],
        description: row['description'],
        transacted_at: toIso(row['transacted_at']),
        removed_at: toIso(row['removed_at']),
      }))
      .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
  };
}

/** What the API shows of an account: what a sample that missed nothing holds. */
export async function shownByApi(freshet: Freshet, accountId: string): Promise<Held> {
  const of = `/v1/accounts/${accountId}`;
  const balance = await freshet.call('GET', `${of}/balance`);
  const transactions: Row[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const from: string = cursor && `&cursor=${cursor}`;
    const { body } = await freshet.call(
      'GET',
      `${of}/transactions?include_removed=true&limit=500${from}`,
    );
    transactions.push(...body.data);
    cursor = body.next_cursor;
  }
  const balances = [{ account_id: accountId, ...balance.body }];
  return ofAccount({ balances, transactions }, accountId);
}
