/*
 * Receives events of Freshet: verifies them, stores them, answers, and then does its work.
 *
 *   WEBHOOK_SECRETS=whsec_… node receiver.ts
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { Webhook } from 'standardwebhooks';

/** A hundred transactions, the most in one event, take 100 KB; with very long texts more. */
const MOST_BYTES = 8 * 1024 * 1024;

// With a space between them while a secret is rotated.
const secrets = (process.env['WEBHOOK_SECRETS'] ?? '').split(' ').filter(Boolean);
if (secrets.length === 0) throw new Error('WEBHOOK_SECRETS is not set');
const webhooks = secrets.map((secret) => new Webhook(secret));

// Your own database in its place: the statements are much the same in Postgres. Amounts are text,
// or `numeric`, and never a JavaScript number, which holds 0.1 only nearly.
const db = new DatabaseSync(process.env['DATABASE'] ?? 'received.db', { timeout: 10_000 });
db.exec(`
  pragma journal_mode = wal;
  create table if not exists received_events (
    place integer primary key, id text not null unique, body text not null, handled_at text);
  create table if not exists balances (
    account_id text primary key, current text, available text, currency text not null,
    data_as_of text not null, changed_at text not null);
  create table if not exists transactions (
    id text primary key, account_id text not null, status text not null, amount text not null,
    currency text not null, description text, transacted_at text not null, removed_at text,
    changed_at text not null)`);

const storeEvent = db.prepare(
  'insert into received_events (id, body) values (?, ?) on conflict (id) do nothing',
);
const findUnhandled = db.prepare(`
  select place, id, body from received_events where handled_at is null and place > ?
  order by place limit 1`);
const noteHandled = db.prepare(
  `update received_events set handled_at = datetime('now') where id = ?`,
);
// Retries may overtake: what is older than what is there changes nothing.
const storeBalance = db.prepare(`
  insert into balances (account_id, current, available, currency, data_as_of, changed_at)
  values (?, ?, ?, ?, ?, ?)
  on conflict (account_id) do update set current = excluded.current,
    available = excluded.available, currency = excluded.currency,
    data_as_of = excluded.data_as_of, changed_at = excluded.changed_at
  where excluded.changed_at >= balances.changed_at`);
const storeTransaction = db.prepare(`
  insert into transactions (id, account_id, status, amount, currency, description,
    transacted_at, removed_at, changed_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (id) do update set status = excluded.status, amount = excluded.amount,
    currency = excluded.currency, description = excluded.description,
    transacted_at = excluded.transacted_at, removed_at = excluded.removed_at,
    changed_at = excluded.changed_at
  where excluded.changed_at >= transactions.changed_at`);

interface FreshetEvent {
  readonly type: string;
  /** Counts the events of an account from 1. Those in a gap are on their way, or not asked for. */
  readonly sequence: number | null;
  /** Without `balance` and `transactions` where only ids are sent: then ask the API for them. */
  readonly data: {
    readonly balance?: Balance;
    readonly transactions?: Readonly<Record<'added' | 'changed' | 'removed', Transaction[]>>;
  };
}

interface Balance {
  readonly account_id: string;
  readonly current: string | null;
  readonly available: string | null;
  readonly currency: string;
  readonly data_as_of: string;
  readonly changed_at: string;
}

interface Transaction {
  readonly id: string;
  readonly account_id: string;
  readonly status: 'pending' | 'posted';
  readonly amount: string;
  readonly currency: string;
  readonly description: string | null;
  readonly transacted_at: string;
  readonly removed_at: string | null;
  readonly changed_at: string;
}

function handle({ type, data }: FreshetEvent): void {
  if (type === 'balance.success' && data.balance) {
    const { account_id, current, available, currency, data_as_of, changed_at } = data.balance;
    storeBalance.run(account_id, current, available, currency, data_as_of, changed_at);
  }
  if (type === 'transaction.success' && data.transactions) {
    const { added, changed, removed } = data.transactions;
    // All alike: each row shows its newest state, and `removed_at` whether the bank still has it.
    for (const row of [...added, ...changed, ...removed]) {
      const { id, account_id, status, amount, currency, description } = row;
      const { transacted_at, removed_at, changed_at } = row;
      const what = [id, account_id, status, amount, currency, description];
      storeTransaction.run(...what, transacted_at, removed_at, changed_at);
    }
  }
  // Other types, those to come among them, are none of our business.
}

interface Stored {
  readonly place: number;
  readonly id: string;
  readonly body: string;
}

const nextBehind = (place: number) => findUnhandled.get(place) as Stored | undefined;

/** Handles what is stored, each event in one transaction with the note that it is handled. */
function work(): void {
  for (let stored = nextBehind(0); stored; stored = nextBehind(stored.place)) {
    const { id, body } = stored;
    const event = JSON.parse(body) as FreshetEvent;
    db.exec('begin');
    try {
      handle(event);
      noteHandled.run(id);
      db.exec('commit');
      console.log(`handled ${event.type} ${id}`);
    } catch (error) {
      // It stays stored, is tried again in a minute, and holds up none behind it.
      db.exec('rollback');
      console.error(`cannot handle ${event.type} ${id}:`, error);
    }
  }
}

const isSigned = (text: string, headers: IncomingMessage['headers']): boolean =>
  webhooks.some((webhook) => {
    try {
      webhook.verify(text, headers as Record<string, string>, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });

/** The exact bytes: they are what is signed. Null: there are too many. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers with a status, and why it is no success: Freshet shows that to its operator. */
async function receive(request: IncomingMessage): Promise<[status: number, why?: string]> {
  if (request.method !== 'POST') return [405, 'POST only'];
  const text = await readBody(request);
  if (text === null) return [413, 'too large'];
  if (!isSigned(text, request.headers)) return [401, 'the signature is wrong, or too old'];
  try {
    if (typeof JSON.parse(text)?.type !== 'string') return [400, 'no event'];
  } catch {
    return [400, 'not JSON'];
  }
  // The same on every attempt: what comes again is not stored again, and so not handled again.
  storeEvent.run(String(request.headers['webhook-id']), text);
  setImmediate(work);
  return [204];
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const [status, why] = await receive(request);
    if (status === 413) response.setHeader('Connection', 'close');
    response.writeHead(status).end(why);
  } catch (error) {
    // Not stored, so not a success: it will come again.
    console.error('cannot receive:', error);
    response.writeHead(500).end();
  }
}

const server = createServer((request, response) => void answer(request, response));
server.requestTimeout = 15_000;
server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'] ?? '127.0.0.1', () => {
  console.log('listening on', server.address());
});
// What was stored and not handled when it ended, and what could not be handled.
work();
setInterval(work, 60_000);
