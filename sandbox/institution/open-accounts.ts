import { parseMoney, type Money } from '../money.ts';
import type { World } from '../state/world.ts';
import type { Account } from './account.ts';
import { drawTransaction } from './draw-transactions.ts';
import { enterTransactions } from './enter-transactions.ts';
import { setBalance } from './set-balance.ts';
import type { Customer } from './types.ts';

export interface AccountPlan {
  /** Transactions to generate, spread over the last `days`. */
  readonly transactions: number;
  readonly days: number;
  readonly currency: string;
  readonly name: string | null;
  readonly type: 'Savings' | 'Current' | null;
  /** What the account holds after its transactions. Null: an opening balance is drawn. */
  readonly balance: { readonly ledger: Money; readonly available: Money } | null;
}

const DAY_MS = 86_400_000;
const LARGEST_DEBIT = parseMoney('90001');

/** Opens accounts for a customer at a bank, each with a history of booked transactions. */
export function openAccounts(
  world: World,
  customer: Customer,
  bankId: string,
  plans: readonly AccountPlan[],
): Account[] {
  return plans.map((plan) => openAccount(world, customer, bankId, plan));
}

function openAccount(world: World, customer: Customer, bankId: string, plan: AccountPlan): Account {
  const random = world.random(`customer/${customer.number}/accounts`);
  const at = world.tick();
  const id = random.objectId();
  const details = {
    id,
    customerId: customer.id,
    bankId,
    balanceId: random.objectId(),
    nuban: random.digits(10),
    name: plan.name ?? customer.name,
    type: plan.type ?? (random.below(3) === 0 ? ('Current' as const) : ('Savings' as const)),
    currency: plan.currency,
    createdAt: at,
  };
  world.apply({ op: 'account', details });
  const account = world.state.accounts.get(id);
  if (account === undefined) throw new Error('the account was not opened');

  const history = drawHistory(world, id, plan, at);
  const opening = openingBalance(plan, history, random.between(100_000, 2_000_000));
  world.apply({ op: 'funds', account: id, funds: { ...account.funds, ledger: opening } });
  if (history.length > 0) enterTransactions(world, account, history);
  if (plan.balance !== null) setBalance(world, account, plan.balance);
  return account;
}

function drawHistory(world: World, accountId: string, plan: AccountPlan, until: number) {
  const random = world.random(`account/${accountId}`);
  const step = (plan.days * DAY_MS) / Math.max(plan.transactions, 1);
  return Array.from({ length: plan.transactions }, (_, index) => {
    const back = (plan.transactions - index) * step - random.below(Math.max(Math.floor(step), 1));
    const transactedAt = Math.floor(until - Math.max(back, 1));
    return drawTransaction(random, { transactedAt, pendingPercent: 0 });
  });
}

/** High enough that no generated debit overdraws the account, unless the end balance is fixed. */
function openingBalance(
  plan: AccountPlan,
  history: readonly { readonly amount: Money }[],
  drawn: number,
): Money {
  let sum = 0n;
  let lowest = 0n;
  for (const { amount } of history) {
    sum += amount;
    if (sum < lowest) lowest = sum;
  }
  if (plan.balance !== null) return plan.balance.ledger - sum;
  return parseMoney(String(drawn)) - lowest + LARGEST_DEBIT;
}
