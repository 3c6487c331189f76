import type { Provider, ProviderBalance } from '../../../providers/provider.ts';
import type { Read } from './ledger.ts';

/** What one attempt of a sync was told by the bank. */
export interface Observed {
  readonly reads: Read[];
  balance: ProviderBalance | null;
}

/**
 * The provider, with everything that it reads noted down, and `onPage` called between the arrival
 * of an answer and its use (0: the last page was used, and the end is not yet). Without `links` it tells of no pending transaction's successor.
 */
export function observe(
  provider: Provider,
  links: boolean,
  onPage: (page: number) => Promise<void>,
): { provider: Provider; seen: Observed } {
  const seen: Observed = { reads: [], balance: null };
  const observed: Provider = {
    ...provider,
    async fetchBalance(account, options, context) {
      seen.balance = await provider.fetchBalance(account, options, context);
      await onPage(1);
      return seen.balance;
    },
    async *fetchTransactions(account, query, options, context) {
      const read: Read = { scope: query.scope, upserts: [], end: null };
      seen.reads.push(read);
      const pages = provider.fetchTransactions(account, query, options, context);
      for (let number = 1; ; number += 1) {
        const next = await pages.next();
        if (next.done) {
          await onPage(0);
          return (read.end = next.value);
        }
        const upserts = next.value.upserts.map((one) =>
          links ? one : { ...one, pendingProviderTransactionId: null },
        );
        read.upserts.push(...upserts);
        await onPage(number);
        yield { ...next.value, upserts };
      }
    },
  };
  return { provider: observed, seen };
}
