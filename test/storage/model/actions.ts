import * as fc from 'fast-check';

export type Announce = 'send' | 'withhold' | 'lose';

export interface CrashPlan {
  readonly at: number;
  readonly how: 'before' | 'during' | 'after';
  /** The same run again, a new one while the old one looks alive, or one after it was given up. */
  readonly next: 'retry' | 'leave' | 'give_up';
}

export type Action =
  | {
      readonly do: 'post';
      readonly other: boolean;
      readonly items: readonly { amount: string; daysAgo: number; pending: boolean }[];
      readonly announce: Announce;
    }
  | {
      readonly do: 'edit';
      readonly which: number;
      readonly change:
        | { readonly amount: string }
        | { readonly description: string }
        | { readonly counterparty: string | null }
        | { readonly daysAgo: number };
      readonly announce: Announce;
    }
  | { readonly do: 'remove'; readonly which: number; readonly announce: Announce }
  | {
      readonly do: 'book';
      readonly which: number;
      readonly mode: 'same_id' | 'new_id';
      readonly announce: Announce;
    }
  | { readonly do: 'balance'; readonly ledger: string; readonly announce: Announce }
  /** The bank extracts by itself, and tells with one code alone. */
  | { readonly do: 'tell'; readonly code: string; readonly extract: boolean }
  | { readonly do: 'days'; readonly pass: number }
  /** Some of what waits, in any order; what is not picked comes later, or never. */
  | {
      readonly do: 'deliver';
      readonly picks: readonly number[];
      readonly again: readonly number[];
      readonly crash: CrashPlan | null;
    }
  | {
      readonly do: 'sync';
      readonly product: 'transaction' | 'balance' | 'both';
      readonly trigger: 'webhook' | 'schedule' | 'both';
      readonly full: boolean;
      readonly crash: CrashPlan | null;
      /** The bank's list moves when this page was read. */
      readonly movesAt: number | null;
      readonly watched: boolean;
    }
  /**
   * An attempt that hangs once it has read its first page, or all, or staged it, and comes to life
   * at `wake`.
   */
  | {
      readonly do: 'hang';
      readonly at: 'first' | 'end' | 'staged';
      readonly product: 'transaction' | 'balance';
      readonly trigger: 'webhook' | 'schedule';
      readonly full: boolean;
    }
  /** `after`: its run was given up meanwhile, or another attempt of it has come to its end. */
  | { readonly do: 'wake'; readonly after: 'nothing' | 'giving_up' | 'another_attempt' };

/** Few, so that two transactions look alike. */
const amount = fc.constantFrom(
  '-10.00',
  '10.00',
  '-25.50',
  '0.01',
  '-0.005',
  '12345678901234567.89',
  '-7.00',
);
const description = fc.constantFrom(
  'Market',
  'Café — “déjà vu”',
  '日本語 🏦 ‏עברית',
  "Robert'); drop table transactions;--",
  '\\u0041 \\n "quoted" {"a":[1]}',
  'a\tb\nc',
);
const announce = fc.constantFrom<Announce[]>('send', 'send', 'withhold', 'lose');
const which = fc.nat(20);
/** At any of the first `most` statements. */
const crashWithin = (most: number) =>
  fc.option(
    fc.record({
      at: fc.integer({ min: 1, max: most }),
      how: fc.constantFrom('before', 'during', 'after'),
      next: fc.constantFrom('retry', 'retry', 'leave', 'give_up'),
    } as const),
    { freq: 2 },
  );
const daysAgo = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 30 }));

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('post'),
      other: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
      items: fc.array(fc.record({ amount, daysAgo, pending: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      announce,
    } as const),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('edit'),
      which,
      change: fc.oneof(
        fc.record({ amount }),
        fc.record({ description }),
        fc.record({ counterparty: fc.constantFrom('Ada', null) }),
        fc.record({ daysAgo }),
      ),
      announce,
    } as const),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove'), which, announce } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('book'),
      which,
      mode: fc.constantFrom('same_id', 'new_id'),
      announce,
    } as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('balance'),
      ledger: fc.constantFrom('0.00', '100.00', '-5.50', '12345678901234567.89'),
      announce,
    } as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('tell'),
      code: fc.constantFrom(
        'PERIODIC_TRANSACTIONS',
        'TRANSACTIONS_DELETED',
        'BALANCE_SUCCESS',
        'ACCOUNTS_SUCCESS',
        'FULL_TRANSACTIONS',
        'TRANSACTIONS_SUCCESS',
      ),
      extract: fc.boolean(),
    } as const),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('days'),
      pass: fc.integer({ min: 1, max: 9 }),
    } as const),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('deliver'),
      picks: fc.array(fc.nat(20), { maxLength: 6 }),
      again: fc.array(fc.nat(20), { maxLength: 2 }),
      crash: crashWithin(7),
    } as const),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('sync'),
      product: fc.constantFrom('transaction', 'transaction', 'balance', 'both'),
      trigger: fc.constantFrom('webhook', 'schedule', 'both'),
      full: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      crash: crashWithin(32),
      movesAt: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 6 }),
      watched: fc.integer({ min: 0, max: 6 }).map((n) => n === 0),
    } as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('hang'),
      at: fc.constantFrom('first', 'end', 'staged'),
      product: fc.constantFrom('transaction', 'transaction', 'balance'),
      trigger: fc.constantFrom('webhook', 'schedule'),
      full: fc.boolean(),
    } as const),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wake'),
      after: fc.constantFrom('nothing', 'giving_up', 'another_attempt'),
    } as const),
  },
);

export interface Story {
  /** Whether the bank tells which pending transaction a booked one was. */
  readonly links: boolean;
  readonly pageSize: number;
  readonly transactions: number;
  readonly actions: readonly Action[];
}

export const story: fc.Arbitrary<Story> = fc.record({
  links: fc.boolean(),
  pageSize: fc.constantFrom(1, 2, 3, 50),
  transactions: fc.nat(7),
  actions: fc.array(action, { minLength: 1, maxLength: 30, size: 'max' }),
});
