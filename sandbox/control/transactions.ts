import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { Account } from '../institution/account.ts';
import { alterTransaction } from '../institution/alter-transaction.ts';
import { bookTransaction } from '../institution/book-transaction.ts';
import { drawTransaction, type Draft } from '../institution/draw-transactions.ts';
import { enterTransactions } from '../institution/enter-transactions.ts';
import { removeTransaction } from '../institution/remove-transaction.ts';
import { truthOfTransaction } from '../institution/truth.ts';
import type { Transaction } from '../institution/types.ts';
import type { World } from '../state/world.ts';
import { announceChange } from '../webhooks/announce.ts';
import { ControlError } from './control-error.ts';
import type { ControlRoutes } from './control-route.ts';
import { announcing, moment, movement } from './fields.ts';
import { findAccount, findTransaction } from './find.ts';
import { accountSummary, webhookSummary } from './summaries.ts';

const webhooks = { webhooks: announcing.default('send') };

const text = z.string().min(1).max(500);

const item = {
  amount: movement,
  description: text.default('Payment'),
  counterparty: text.nullable().default(null),
  date: moment.optional(),
  pending: z.boolean().default(false),
};

const items = z.array(z.strictObject(item)).min(1).max(10_000);

const one = z.strictObject({ ...item, ...webhooks });
const list = z.strictObject({ transactions: items, ...webhooks });
const drawn = z.strictObject({
  count: z.int().min(1).max(100_000),
  pending_percent: z.int().min(0).max(100).default(0),
  ...webhooks,
});

/** Which of the four forms is meant, decided by what is there, so that errors name its fields. */
const posting = z.unknown().transform((value, context) => {
  const schema = Array.isArray(value)
    ? items.transform((transactions) => ({ transactions, webhooks: 'send' as const }))
    : has(value, 'count')
      ? drawn
      : has(value, 'transactions')
        ? list
        : one.transform(({ webhooks, ...only }) => ({ transactions: [only], webhooks }));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { message, path, ...issue } of parsed.error.issues) {
    const keys = 'keys' in issue ? `: ${issue.keys.join(', ')}` : '';
    context.addIssue({ code: 'custom', path, message: message + keys });
  }
  return z.NEVER;
});

const alteration = z
  .strictObject({
    amount: movement.optional(),
    description: text.optional(),
    counterparty: text.nullable().optional(),
    date: moment.optional(),
    ...webhooks,
  })
  .transform(({ webhooks, date, ...given }) => ({
    webhooks,
    alteration: dropUndefined({ ...given, transactedAt: date }),
  }));

/** Posts, alters, removes and books transactions at the institution. */
export function transactionControl(route: ControlRoutes, bank: Bank): void {
  const { world } = bank;

  route('POST', '/control/accounts/:id/transactions', posting, (input, param) => {
    const account = findAccount(bank, param('id'));
    const drafts = 'count' in input ? draw(world, account, input) : input.transactions.map(draft);
    const entered = enterTransactions(world, account, drafts);
    return answer(bank, account, entered, input.webhooks);
  });
  route('PATCH', '/control/transactions/:id', alteration, (input, param) => {
    const { account, transaction } = findTransaction(bank, param('id'));
    const altered = alterTransaction(world, account, transaction, input.alteration);
    return answer(bank, account, [altered], input.webhooks);
  });
  route('DELETE', '/control/transactions/:id', z.strictObject(webhooks), (input, param) => {
    const { account, transaction } = findTransaction(bank, param('id'));
    removeTransaction(world, account, transaction);
    return { ...answer(bank, account, [], input.webhooks), removed: [transaction.id] };
  });
  route(
    'POST',
    '/control/transactions/:id/post',
    z.strictObject({ mode: z.enum(['same_id', 'new_id']).default('same_id'), ...webhooks }),
    (input, param) => {
      const { account, transaction } = findTransaction(bank, param('id'));
      if (transaction.clearedAt !== null) {
        throw new ControlError(409, 'the transaction is posted already');
      }
      const booked = bookTransaction(world, account, transaction, input.mode);
      return answer(bank, account, [booked], input.webhooks);
    },
  );
}

function answer(
  { world, outbox }: Bank,
  account: Account,
  transactions: readonly Transaction[],
  webhooks: 'send' | 'withhold',
): object {
  const sent =
    webhooks === 'send' ? announceChange(world, outbox, account, { balance: 'when_changed' }) : [];
  const { currency } = account.details;
  return {
    transactions: transactions.map((each) => truthOfTransaction(each, currency)),
    account: accountSummary(account),
    webhooks: sent.map(webhookSummary),
  };
}

function draw(world: World, account: Account, input: z.output<typeof drawn>): Draft[] {
  const random = world.random(`account/${account.details.id}`);
  const options = { transactedAt: null, pendingPercent: input.pending_percent };
  return Array.from({ length: input.count }, () => drawTransaction(random, options));
}

function draft({ date, ...given }: z.output<typeof items>[number]): Draft {
  return { ...given, transactedAt: date ?? null };
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function dropUndefined<T extends object>(value: T): Defined<T> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
