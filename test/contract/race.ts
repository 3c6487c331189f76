import { isDeepStrictEqual } from 'node:util';
import { newId } from '../../db/connections/link-connection.ts';
import { configuredProviders } from '../../providers/configured.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { randomFrom } from '../support/random.ts';
import { storageRig, type StorageRig } from '../support/storage-rig.ts';
import { syncNow } from '../support/sync-now.ts';
import type { Bank, BankKind, Customer } from './bank.ts';
import { rowsOf } from './table.ts';

/** Syncs of accounts of one bank, as a worker runs them, while the bank's data changes between pages. */
export interface RaceTrack {
  readonly bank: Bank;
  /** Opens an account, and races so many times. Everything that happens follows from the seed. */
  run(seed: number, rounds: number): Promise<RaceCount>;
  close(): Promise<void>;
}

export interface RaceCount {
  readonly rounds: number;
  /** How often the data changed between two pages. */
  readonly moves: number;
  /** How often a read had to begin again. */
  readonly restarts: number;
}

/** A read begins again at most so often: the data changes less often than that in a round. */
const MOST_ATTEMPTS = 8;
const MOST_MOVES = 4;

export interface RaceOptions {
  /** The connector, where it is to be set up in another way than by the environment. */
  readonly provider?: (bank: Bank) => Provider;
  /** False: nothing is removed. */
  readonly removes?: boolean;
  /** Makes a mutant of the connector: to see that the race notices. */
  readonly spoil?: (provider: Provider) => Provider;
}

export async function openRaceTrack(
  kind: BankKind,
  { provider: providerFor = providerOf, removes = true, spoil = (one) => one }: RaceOptions = {},
): Promise<RaceTrack> {
  const bank = await kind.start();
  await bank.pagesOf(3);
  const provider = unlimited(spoil(providerFor(bank)));
  const hasPending = kind.cannot.pending === undefined;
  const hasPages = kind.cannot.pages === undefined;
  const rig = await storageRig({ providers: [provider] });
  const hooks = new Map<string, (page: number) => Promise<void>>();
  bank.beforePage(({ account, page }) => hooks.get(account)?.(page));

  return {
    bank,
    async run(seed, rounds) {
      const customer = await bank.open({ transactions: 4 });
      const racer = await createRacer({
        rig,
        bank,
        provider,
        customer,
        seed,
        hasPending,
        hasPages,
        removes,
      });
      const hook = (page: number): Promise<void> => racer.beforePage(page);
      for (const name of [...customer.accounts, customer.mark]) hooks.set(name, hook);
      for (let round = 0; round < rounds; round += 1) await racer.race(round);
      return { rounds, ...racer.count };
    },
    async close() {
      await rig.close();
      await bank.close();
    },
  };
}

function providerOf({ name, env }: Bank): Provider {
  const provider = configuredProviders(env).get(name);
  if (!provider) throw new Error(`${name} is not configured`);
  return provider;
}

/** Without the budgets a minute: the double has none, and a thousand races are to end today. */
function unlimited(provider: Provider): Provider {
  return {
    ...provider,
    listAccounts: (connection, context) =>
      provider.listAccounts(connection, { ...context, take: async () => 0 }),
    fetchTransactions: (account, query, options, context) =>
      provider.fetchTransactions(account, query, options, { ...context, take: async () => 0 }),
  };
}

interface RacerDeps {
  readonly rig: StorageRig;
  readonly bank: Bank;
  readonly provider: Provider;
  readonly customer: Customer;
  readonly seed: number;
  readonly hasPending: boolean;
  readonly hasPages: boolean;
  readonly removes: boolean;
}

interface Live {
  readonly id: string;
  readonly pending: boolean;
}

interface Racer {
  readonly count: { moves: number; restarts: number };
  beforePage(page: number): Promise<void>;
  race(round: number): Promise<void>;
}

async function createRacer(deps: RacerDeps): Promise<Racer> {
  const { rig, bank, provider, customer, seed, hasPending, hasPages, removes } = deps;
  const isWindow = provider.capabilities.transactions === 'window';
  const random = randomFrom(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const [account] = customer.accounts;
  const accountId = await linkedAccount(rig, bank, customer);
  const live: Live[] = [];
  /** The pending transaction that each booked one was. */
  const was = new Map<string, string>();
  /** Our ids of the rows, by the bank's, as they were when all was quiet. */
  let known = new Map<string, string>();
  const count = { moves: 0, restarts: 0 };
  let movesLeft = 0;

  const amount = (): string =>
    `${random() < 0.7 ? '-' : ''}${1 + below(9_999_999)}.${String(below(100)).padStart(2, '0')}`;

  const take = (index: number): Live => {
    const [taken] = live.splice(index, 1);
    if (!taken) throw new Error('nothing to take');
    return taken;
  };

  /** @param removals of twelve. */
  async function change(removals: number): Promise<void> {
    const chosen = below(12);
    if (live.length === 0 || chosen < 4) {
      const pending = hasPending && random() < 0.5;
      live.push({
        id: await bank.book(account, { amount: amount(), pending, daysAgo: below(300) }),
        pending,
      });
      return;
    }
    // Mostly what came last: it may be on a page that was read, and in no table yet.
    const index = random() < 0.7 ? Math.max(0, live.length - 1 - below(6)) : below(live.length);
    const one = live[index];
    if (!one) return;
    if (chosen < 7) {
      await bank.alter(account, one.id, amount());
    } else if (chosen < 7 + removals) {
      if (removes) await bank.remove(account, take(index).id);
    } else if (one.pending) {
      const posted = await bank.post(account, take(index).id);
      was.set(posted, one.id);
      live.push({ id: posted, pending: false });
    }
  }

  async function changes(number: number, removals: number): Promise<void> {
    for (let left = number; left > 0; left -= 1) await change(removals);
    await bank.announce(customer);
  }

  async function sync(where: string, full: boolean): Promise<void> {
    const syncRunId = await newId(rig.db);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await syncNow(rig, accountId, 'transaction', { provider, syncRunId, full });
        return;
      } catch (error) {
        const isMoved = error instanceof ProviderError && error.kind === 'restart';
        if (!isMoved || attempt === MOST_ATTEMPTS) {
          throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
        }
        count.restarts += 1;
      }
    }
  }

  return {
    count,
    async beforePage(page) {
      if (movesLeft === 0 || random() < (page === 1 && hasPages ? 0.8 : 0.3)) return;
      movesLeft -= 1;
      count.moves += 1;
      await changes(1 + below(3), 4);
    },
    async race(round) {
      const where = `seed ${seed}, round ${round}`;
      await changes(3 + below(8), 2);
      movesLeft = below(MOST_MOVES + 1);
      const full = random() < 0.15;
      await sync(where, full);
      movesLeft = 0;
      await bank.announce(customer);
      // What lies before a window, only a full read finds.
      await sync(where, isWindow);

      const truth = await bank.truth(account);
      const rows = await rowsOf(rig.db, accountId);
      const ordered = truth.transactions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      same(where, rows.map(parts), ordered.map(parts));
      const ids = await idsOf(rig, accountId);
      for (const { id } of rows) {
        const before = known.get(id) ?? known.get(was.get(id) ?? '');
        if (before !== undefined) same(`${where}: the row of ${id}`, ids.get(id), before);
      }
      known = ids;
    },
  };
}

/** As `expect`, with the place in the message. */
function same(where: string, found: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(found, wanted)) return;
  const shown = JSON.stringify({ found, wanted }, null, 1);
  throw new Error(`${where}: the tables differ from the bank: ${shown}`);
}

const parts = ({ id, amount, status }: { id: string; amount: string; status: string }): string =>
  `${id} ${status} ${amount}`;

async function linkedAccount(rig: StorageRig, bank: Bank, customer: Customer): Promise<string> {
  const { status, body, text } = await rig.post('/v1/connections', {
    provider: bank.name,
    link: customer.link,
    refresh: false,
  });
  if (status !== 201) throw new Error(`link: ${status} ${text}`);
  return body.accounts[0].id;
}

async function idsOf(rig: StorageRig, accountId: string): Promise<Map<string, string>> {
  const rows = await rig.db
    .selectFrom('transactions')
    .where('account_id', '=', accountId)
    .where('removed_at', 'is', null)
    .select(['id', 'provider_transaction_id'])
    .execute();
  return new Map(rows.map((row) => [row.provider_transaction_id, row.id]));
}
