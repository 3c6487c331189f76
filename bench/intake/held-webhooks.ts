import { eachAtOnce } from '../support/each-at-once.ts';
import type { LinkedAccount } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';

/** One change in so many is a transaction, told by two webhooks; the others set the balance. */
const TRANSACTION_EVERY = 4;
const AT_ONCE = 8;

/** How many changes of one account `webhooks` of its webhooks stand for. */
export const changesFor = (webhooks: number): number =>
  Math.round((webhooks * TRANSACTION_EVERY) / (TRANSACTION_EVERY + 1));

/**
 * Changes every account at the bank so many times, one account after the other, and answers with the
 * bodies of the webhooks that tell of it, in their order: none has been delivered. A balance comes
 * complete; a new transaction comes as a balance and as a record to be read.
 */
export async function changeAndHold(
  stack: BenchStack,
  accounts: readonly LinkedAccount[],
  changes: number,
): Promise<string[]> {
  await stack.bank('PUT', '/webhooks/delivery', { mode: 'hold' });
  const bodies: string[] = [];
  for (let change = 0; change < changes; change += 1) {
    const told = new Map<LinkedAccount, string[]>();
    await eachAtOnce(accounts, AT_ONCE, async (account) => {
      told.set(account, await changeOnce(stack, account.bankAccountId, change));
    });
    bodies.push(...accounts.flatMap((account) => told.get(account) ?? []));
  }
  return bodies;
}

async function changeOnce({ bank }: BenchStack, account: string, change: number) {
  const { webhooks } =
    change % TRANSACTION_EVERY === 0
      ? await bank<Held>('POST', `/accounts/${account}/transactions`, {
          amount: `-${change + 1}.50`,
          description: `Change ${change}`,
        })
      : await bank<Held>('PUT', `/accounts/${account}/balance`, {
          ledger: `${10_000 + change}.25`,
          available: `${9_000 + change}.75`,
        });
  const bodies: string[] = [];
  for (const { id } of webhooks) {
    bodies.push((await bank<{ body: string }>('GET', `/webhooks/${id}`)).body);
  }
  return bodies;
}

interface Held {
  readonly webhooks: readonly { readonly id: string }[];
}
