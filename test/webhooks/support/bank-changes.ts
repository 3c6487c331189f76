import type { TestBank } from '../../support/start-bank.ts';

export interface BankChanges {
  /** Changes something about any of the accounts; answers with the webhooks that tell of it. */
  next(): Promise<string[]>;
}

interface Known {
  readonly id: string;
  pending: boolean;
}

/**
 * Changes of all kinds to these accounts, by their ids at the bank, which keeps its webhooks to itself: who
 * asks for a change delivers them.
 */
export function createBankChanges(
  bank: TestBank,
  accounts: readonly string[],
  random: () => number,
): BankChanges {
  const known = new Map<string, Known[]>(accounts.map((id) => [id, []]));
  const below = (bound: number): number => Math.floor(random() * bound);
  const cents = (): string => `${below(100_000)}.${String(below(100)).padStart(2, '0')}`;
  const movement = (): string =>
    (random() < 0.5 ? '-' : '') + `${below(900) + 1}.${below(90) + 10}`;

  type Transactions = readonly { readonly id: string; readonly status: string }[];
  const note = (account: string, transactions: Transactions): void => {
    for (const { id, status } of transactions) {
      known.get(account)?.push({ id, pending: status === 'pending' });
    }
  };
  const add = async (account: string) => {
    const transactions = Array.from({ length: 1 + below(3) }, () => ({
      amount: movement(),
      pending: random() < 0.3,
    }));
    const answer = await bank.control('POST', `/accounts/${account}/transactions`, {
      transactions,
    });
    note(account, answer.transactions);
    return answer;
  };

  async function change(account: string) {
    const transactions = known.get(account) ?? [];
    const at = below(transactions.length);
    const one = transactions[at];
    const kind = random();
    if (kind < 0.4) {
      const ledger = cents();
      return await bank.control('PUT', `/accounts/${account}/balance`, { ledger });
    }
    if (kind < 0.7 || !one) return await add(account);
    if (kind < 0.8) {
      transactions.splice(at, 1);
      return await bank.control('DELETE', `/transactions/${one.id}`, {});
    }
    if (one.pending) {
      const mode = random() < 0.5 ? 'same_id' : 'new_id';
      transactions.splice(at, 1);
      const answer = await bank.control('POST', `/transactions/${one.id}/post`, { mode });
      note(account, answer.transactions);
      return answer;
    }
    return await bank.control('PATCH', `/transactions/${one.id}`, { amount: movement() });
  }

  return {
    async next() {
      const { webhooks } = await change(accounts[below(accounts.length)] ?? '');
      const ids: string[] = webhooks.map(({ id }: { id: string }) => id);
      return await Promise.all(
        ids.map(async (id) => (await bank.control('GET', `/webhooks/${id}`)).body),
      );
    },
  };
}
