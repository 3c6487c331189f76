import { describe, expect, it, onTestFinished } from 'vitest';
import { ProviderError } from '../../providers/errors.ts';
import type { Provider, TransactionsEnd, TransactionsPage } from '../../providers/provider.ts';
import { plaid } from './banks/plaid.ts';
import { openRaceTrack } from './race.ts';

type Read = ReturnType<Provider['fetchTransactions']>;

/** Connectors with the faults that the race is there for. */
const MUTANTS: readonly (readonly [string, (provider: Provider) => Provider])[] = [
  [
    'keeps the rows of a pagination that failed',
    (provider) => ({ ...provider, fetchTransactions: (...asked) => onAndOn(provider, asked) }),
  ],
  [
    'overlooks removals',
    (provider) => ({
      ...provider,
      fetchTransactions: (...asked) =>
        changed(provider.fetchTransactions(...asked), (page) => ({ ...page, removed: [] })),
    }),
  ],
  [
    'overlooks rows of the second page',
    (provider) => ({
      ...provider,
      fetchTransactions: (...asked) =>
        changed(provider.fetchTransactions(...asked), (page, number) =>
          number === 2 ? { ...page, upserts: page.upserts.slice(1) } : page,
        ),
    }),
  ],
];

async function* onAndOn(
  provider: Provider,
  asked: Parameters<Provider['fetchTransactions']>,
): Read {
  for (;;) {
    try {
      return yield* provider.fetchTransactions(...asked);
    } catch (error) {
      if (!(error instanceof ProviderError && error.kind === 'restart')) throw error;
    }
  }
}

async function* changed(
  read: Read,
  change: (page: TransactionsPage, number: number) => TransactionsPage,
): AsyncGenerator<TransactionsPage, TransactionsEnd, void> {
  for (let number = 1; ; number += 1) {
    const next = await read.next();
    if (next.done) return next.value;
    yield change(next.value, number);
  }
}

describe('the race of pages notices a connector that', () => {
  it.each(MUTANTS)(
    '%s',
    async (_, spoil) => {
      const track = await openRaceTrack(plaid, { spoil });
      onTestFinished(() => track.close());
      const races = async (): Promise<void> => {
        for (let seed = 1; seed <= 24; seed += 1) await track.run(seed, 25);
      };
      await expect(races()).rejects.toThrow(/seed \d+, round \d+/);
    },
    120_000,
  );
});
