import { expect } from 'vitest';
import { syncBalance } from '../../../activities/syncs/sync-balance.ts';
import type { SyncDone } from '../../../activities/syncs/sync-done.ts';
import { syncTransactions } from '../../../activities/syncs/sync-transactions.ts';
import { StageLost } from '../../../db/transactions/commit-transactions.ts';
import { failSyncRun } from '../../../db/syncs/fail-sync-run.ts';
import { newId } from '../../../db/connections/link-connection.ts';
import { SyncRefused } from '../../../db/syncs/open-sync-commit.ts';
import { ProviderError } from '../../../providers/errors.ts';
import type { TranslatedWebhook } from '../../../providers/provider.ts';
import { createProviderRegistry } from '../../../providers/registry.ts';
import type { Trigger } from '../../../workflows/messages.ts';
import { Crashed, type CrashingDatabase } from '../../support/crashing-database.ts';
import { asMirrored, mirrorOf } from '../../support/mirror.ts';
import { noContext, type StorageRig } from '../../support/storage-rig.ts';
import type { TruthTransaction } from '../../support/start-bank.ts';
import type { Action, Announce, CrashPlan, Story } from './actions.ts';
import {
  applyBalance,
  applyTransactions,
  emptyLedger,
  type Counts,
  type Ledger,
} from './ledger.ts';
import { observe, type Observed } from './observed.ts';
import { expectHistoriesReplay, expectLedger, tablesOf } from './tables.ts';

const DAY_MS = 86_400_000;

type Product = 'transaction' | 'balance';

interface Delivered {
  readonly body: string;
  readonly meaning: TranslatedWebhook;
  readonly order: number;
}

interface Attempt {
  readonly runId: string;
  readonly product: Product;
  readonly triggers: readonly Trigger[];
  readonly full: boolean;
  readonly taken: readonly Delivered[];
  readonly seen: Observed;
  readonly outcome: Promise<SyncDone | Error>;
}

/** Plays a story on the real thing and on the ledger, and compares them as it goes. */
export async function play(
  rig: StorageRig,
  crashing: CrashingDatabase,
  story: Story,
): Promise<void> {
  const { bank, db } = rig;
  const provider = rig.providerWith(story.pageSize);
  const [ours, other] = await rig.link({
    accounts: [{ transactions: story.transactions, days: 20 }, { transactions: 2 }],
  });
  if (!ours || !other) throw new Error('two accounts were asked for');
  const accountId = ours.account;

  let ledger: Ledger = emptyLedger();
  let arrivals = 0;
  /** Bodies that the bank has sent and that are still on their way. */
  const onTheWay: string[] = [];
  const arrived: string[] = [];
  const waiting: Record<Product, Delivered[]> = { transaction: [], balance: [] };
  /** How each sync run ended, which nothing may change. */
  const ends = new Map<string, object>();
  const hanging: { attempt: Attempt; wake: () => void }[] = [];

  const tables = () => tablesOf(db, accountId);
  const check = async () => expectLedger(await tables(), ledger);

  async function said(announce: Announce, method: string, path: string, body: object) {
    const webhooks = announce === 'withhold' ? 'withhold' : 'send';
    const answer = await bank.control(method, path, { ...body, webhooks });
    if (announce === 'send') await sent(answer.webhooks);
  }

  async function sent(webhooks: readonly { id: string }[]) {
    for (const { id } of webhooks) {
      onTheWay.push((await bank.control('GET', `/webhooks/${id}`)).body);
    }
  }

  async function date(daysAgo: number): Promise<string> {
    const now = Date.parse((await bank.control('GET', '/clock')).now);
    return new Date(now - daysAgo * DAY_MS).toISOString();
  }

  async function pick(
    index: number,
    suits: (one: TruthTransaction) => boolean = () => true,
  ): Promise<TruthTransaction | undefined> {
    const { transactions } = await bank.truth(ours?.bank ?? '');
    const suitable = transactions.filter(suits);
    return suitable[index % suitable.length];
  }

  async function deliver(body: string, crash: CrashPlan | null = null): Promise<void> {
    if (crash) {
      crashing.arm(crash);
      const status = await rig.deliver(body, rig.appOn(crashing.db));
      const crashed = await crashing.disarm();
      expect([200, crashed ? 500 : 200, crashed ? 503 : 200]).toContain(status);
      if (status === 200) return arrive(body);
    }
    // As the bank does with whatever was not acknowledged.
    expect(await rig.deliver(body)).toBe(200);
    arrive(body);
  }

  function arrive(body: string): void {
    if (arrived.includes(body)) return;
    arrived.push(body);
    const meaning = provider.translateWebhook(Buffer.from(body));
    const { providerAccountId } = meaning;
    if (providerAccountId !== null && providerAccountId !== ours?.bank) return;
    const delivered = { body, meaning, order: (arrivals += 1) };
    for (const product of ['transaction', 'balance'] as const) {
      if (meaning.effects.some((effect) => productOf(effect) === product)) {
        waiting[product].push(delivered);
      }
    }
  }

  async function begin(
    options: Pick<Attempt, 'product' | 'triggers' | 'full'> & {
      readonly runId?: string;
      readonly crash?: CrashPlan | null;
      readonly onCrashing?: boolean;
      readonly onPage?: (page: number) => Promise<void>;
    },
  ): Promise<Attempt> {
    const { product, triggers, full } = options;
    const runId = options.runId ?? (await newId(db));
    const taken = [...waiting[product]].sort(byTime);
    const { provider: observed, seen } = observe(
      provider,
      story.links,
      options.onPage ?? (() => Promise.resolve()),
    );
    const deps = {
      ...rig.deps,
      db: options.crash || options.onCrashing ? crashing.db : db,
      providers: createProviderRegistry([observed]),
    };
    if (options.crash) crashing.arm(options.crash);
    const input = { accountId, syncRunId: runId, triggers, full, mayCall: true, nextSyncAt: null };
    const run = product === 'balance' ? syncBalance : syncTransactions;
    const outcome = run(deps, input, noContext).catch((error: Error) => error);
    return { runId, product, triggers, full, taken, seen, outcome };
  }

  /** Waits for an attempt's end, and follows it in the ledger when it has committed. */
  async function end(attempt: Attempt, wasCommitted = false): Promise<'done' | 'again'> {
    const outcome = await attempt.outcome;
    const crashed = await crashing.disarm();
    const run = await db
      .selectFrom('sync_runs')
      .where('id', '=', attempt.runId)
      .select(['status', 'fetched', 'added', 'changed', 'removed', 'quarantined', 'webhooks'])
      .executeTakeFirst();
    const failed = outcome instanceof Error;
    if (run?.status === 'succeeded' && wasCommitted) expect(run).toEqual(ends.get(attempt.runId));
    if (run?.status === 'succeeded' && !wasCommitted) {
      const webhooks = attempt.taken.length;
      const expected = { status: 'succeeded', ...follow(attempt), quarantined: 0, webhooks };
      expect(run).toEqual(expected);
      ends.set(attempt.runId, expected);
      waiting[attempt.product] = waiting[attempt.product].filter(
        (one) => !attempt.taken.includes(one),
      );
    }
    if (!failed && run) {
      const { fetched, added, changed, removed } = run;
      expect(outcome.counts).toEqual({ fetched, added, changed, removed });
    }
    await check();
    await expectWaiting(attempt.product);
    if (!failed) return 'done';
    const isExpected =
      (crashed && outcome instanceof Error) ||
      outcome instanceof Crashed ||
      outcome instanceof StageLost ||
      outcome instanceof SyncRefused ||
      (outcome instanceof ProviderError && outcome.kind === 'restart');
    if (!isExpected) throw outcome;
    return 'again';
  }

  function follow({ product, taken, seen }: Attempt): Counts {
    const next = structuredClone(ledger);
    const effects = taken.flatMap(({ meaning }) =>
      meaning.effects.map((effect) => ({ effect, at: meaning.occurredAt ?? '' })),
    );
    const counts =
      product === 'balance'
        ? applyBalance(
            next,
            effects.flatMap(({ effect }) => (effect.kind === 'balance' ? [effect.balance] : [])),
            seen.balance,
          )
        : applyTransactions(
            next,
            seen.reads,
            effects.flatMap(({ effect, at }) =>
              effect.kind === 'transactions_removed'
                ? effect.providerTransactionIds.map((id) => ({ id, at }))
                : [],
            ),
          );
    ledger = next;
    return counts;
  }

  async function expectWaiting(product: Product) {
    const { n } = await db
      .selectFrom('webhook_effects')
      .where('account_id', '=', accountId)
      .where('product', '=', product)
      .where('applied_at', 'is', null)
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBe(waiting[product].length);
  }

  async function committed(runId: string): Promise<boolean> {
    const run = await db
      .selectFrom('sync_runs')
      .where('id', '=', runId)
      .where('status', '=', 'succeeded')
      .select('id')
      .executeTakeFirst();
    return run !== undefined;
  }

  /** One sync to its end, through crashes and lists that move. */
  async function sync(
    product: Product,
    triggers: readonly Trigger[],
    full: boolean,
    options: Partial<Extract<Action, { do: 'sync' }>> = {},
  ): Promise<void> {
    const { crash = null, movesAt = null, watched = false } = options;
    let moved = false;
    const onPage = async (page: number): Promise<void> => {
      if (page !== movesAt || moved) return;
      moved = true;
      await said('send', 'POST', `/accounts/${ours?.bank}/transactions`, { amount: '-1.11' });
    };
    if (watched) {
      const before = JSON.stringify(await tables());
      crashing.onStatement = async () => {
        if (JSON.stringify(await tables()) !== before) throw new Error('a part of a sync is seen');
      };
    }
    // The watcher sees the statements of the database that can crash.
    const plan = crash ?? (watched ? { at: 1_000_000, how: 'after', next: 'retry' } : null);
    let attempt = await begin({ product, triggers, full, crash: plan, onPage });
    let result = await end(attempt);
    crashing.onStatement = null;
    if (result === 'again' && crash?.next === 'give_up') {
      const failure = {
        accountId,
        product,
        triggers,
        errorKind: 'internal',
        errorCode: 'internal',
        consentVersion: 1,
      };
      await failSyncRun(db, { ...failure, syncRunId: attempt.runId });
    }
    for (let tries = 0; result === 'again'; tries += 1) {
      expect(tries).toBeLessThan(3);
      const isSame = crash === null || crash.next === 'retry';
      const wasCommitted = isSame && (await committed(attempt.runId));
      attempt = await begin({
        product,
        triggers,
        full,
        onPage,
        ...(isSame ? { runId: attempt.runId } : {}),
      });
      result = await end(attempt, wasCommitted);
    }
    if (triggers.includes('schedule') && !moved) await expectFresh(attempt);
  }

  /** What was read at the bank just now is the truth. */
  async function expectFresh({ product, seen }: Attempt) {
    const truth = asMirrored(await bank.truth(ours?.bank ?? ''));
    const mirror = await mirrorOf(db, accountId);
    if (product === 'balance') return expect(mirror.balance).toEqual(truth.balance);
    const whole = seen.reads.find(({ end: it }) => it?.cursor)?.end?.complete;
    // The run had been committed by an attempt whose answer got lost.
    if (!whole) return;
    const within = ({ trans_date: at }: { readonly trans_date?: string | null }): boolean =>
      (whole.from === null || (at ?? '').slice(0, 10) >= whole.from) &&
      (whole.to === null || (at ?? '').slice(0, 10) <= whole.to);
    expect(mirror.transactions.filter(within)).toEqual(truth.transactions.filter(within));
  }

  async function act(action: Action): Promise<void> {
    switch (action.do) {
      case 'post': {
        const items = [];
        for (const { daysAgo, ...item } of action.items) {
          items.push(daysAgo === 0 ? item : { ...item, date: await date(daysAgo) });
        }
        const account = action.other ? other?.bank : ours?.bank;
        const path = `/accounts/${account}/transactions`;
        return said(action.announce, 'POST', path, { transactions: items });
      }
      case 'edit': {
        const chosen = await pick(action.which);
        if (!chosen) return;
        const change =
          'daysAgo' in action.change ? { date: await date(action.change.daysAgo) } : action.change;
        return said(action.announce, 'PATCH', `/transactions/${chosen.id}`, change);
      }
      case 'remove': {
        const chosen = await pick(action.which);
        if (chosen) await said(action.announce, 'DELETE', `/transactions/${chosen.id}`, {});
        return;
      }
      case 'book': {
        const chosen = await pick(action.which, ({ status }) => status === 'pending');
        if (!chosen) return;
        const { mode } = action;
        return said(action.announce, 'POST', `/transactions/${chosen.id}/post`, { mode });
      }
      case 'balance': {
        const { ledger: amount } = action;
        return said(action.announce, 'PUT', `/accounts/${ours?.bank}/balance`, { ledger: amount });
      }
      case 'tell': {
        const { code, extract } = action;
        const answer = await bank.control('POST', '/webhooks/send', {
          account: ours?.bank,
          code,
          extract,
        });
        return sent(answer.webhooks);
      }
      case 'days':
        await bank.control('POST', '/clock', { advance_ms: action.pass * DAY_MS });
        return;
      case 'deliver': {
        for (const pickOne of action.picks) {
          const [body] = onTheWay.splice(pickOne % Math.max(onTheWay.length, 1), 1);
          if (body !== undefined) await deliver(body, action.crash);
        }
        for (const pickOne of action.again) {
          const body = arrived[pickOne % Math.max(arrived.length, 1)];
          if (body !== undefined) await deliver(body);
        }
        return;
      }
      case 'sync': {
        const triggers = triggersOf(action.trigger);
        if (action.product !== 'both') {
          return sync(action.product, triggers, action.full, action);
        }
        const [one, two] = await Promise.all([
          begin({ product: 'transaction', triggers, full: action.full }),
          begin({ product: 'balance', triggers, full: action.full }),
        ]);
        await Promise.all([one.outcome, two.outcome]);
        // Both are committed: the first comparison needs both followed.
        const check2 = [one, two].map((attempt) => settle(attempt));
        await Promise.all(check2);
        return check();
      }
      case 'hang': {
        const { product, full } = action;
        const gate = Promise.withResolvers<void>();
        const reached = Promise.withResolvers<void>();
        const hang = (): Promise<void> => {
          reached.resolve();
          return gate.promise;
        };
        const isStaged = action.at === 'staged' && product === 'transaction';
        const page = action.at === 'first' || product === 'balance' ? 1 : 0;
        if (isStaged) {
          // Another that hangs may have left its own: this one has not even begun then.
          const left = await heldStage();
          crashing.beforeConnection = async () => {
            const held = await heldStage();
            if (held === null || held === left) return;
            crashing.beforeConnection = null;
            await hang();
          };
        }
        const attempt = await begin({
          product,
          triggers: triggersOf(action.trigger),
          full,
          onCrashing: isStaged,
          onPage: (read) => (read === page && !isStaged ? hang() : Promise.resolve()),
        });
        const hangs = await Promise.race([
          reached.promise.then(() => true),
          attempt.outcome.then(() => false),
        ]);
        crashing.beforeConnection = null;
        if (hangs) hanging.push({ attempt, wake: gate.resolve });
        else await end(attempt);
        return;
      }
      case 'wake': {
        const sleeper = hanging.shift();
        if (!sleeper) return;
        const { runId: syncRunId, product, triggers, full } = sleeper.attempt;
        if (action.after === 'giving_up') {
          const error = { errorKind: 'internal', errorCode: 'internal', consentVersion: 1 };
          await failSyncRun(db, { accountId, syncRunId, product, triggers, ...error });
        }
        if (action.after === 'another_attempt') {
          await end(await begin({ product, triggers, full, runId: syncRunId }));
        }
        const wasCommitted = await committed(syncRunId);
        sleeper.wake();
        await end(sleeper.attempt, wasCommitted);
      }
    }
  }

  /** Of which attempt rows are set aside; null where there are none. */
  async function heldStage(): Promise<string | null> {
    const row = await db
      .selectFrom('transaction_stage')
      .where('account_id', '=', accountId)
      .select('stage_id')
      .executeTakeFirst();
    return row?.stage_id ?? null;
  }

  async function settle(attempt: Attempt): Promise<void> {
    const outcome = await attempt.outcome;
    if (outcome instanceof Error) throw outcome;
    if (!(await committed(attempt.runId))) return;
    expect(outcome.counts).toEqual(follow(attempt));
    waiting[attempt.product] = waiting[attempt.product].filter(
      (one) => !attempt.taken.includes(one),
    );
  }

  try {
    for (const action of story.actions) await act(action);
    while (hanging.length > 0) await act({ do: 'wake', after: 'nothing' });

    // Everything arrives, and everything is read once more: the tables are the bank's truth.
    for (const body of onTheWay.splice(0)) await deliver(body);
    for (const product of ['transaction', 'balance'] as const) {
      await sync(product, ['webhook'], false);
      await sync(product, ['schedule'], true);
    }
    expect(await mirrorOf(db, accountId)).toEqual(asMirrored(await bank.truth(ours.bank)));
    expectHistoriesReplay(await tables(), ledger);
    await expectNothingLeft(rig, accountId);

    // All of it again, as if late, and read again: nothing is even written.
    const before = await tables();
    for (const body of arrived.toReversed()) await deliver(`${body}\n`);
    for (const product of ['transaction', 'balance'] as const) {
      await sync(product, ['webhook'], false);
    }
    expect(await tables()).toEqual(before);
    await sync('transaction', ['schedule'], false);
    await sync('transaction', ['schedule'], true);
    await sync('balance', ['schedule'], true);
    const after = await tables();
    expect({ ...after, balance: null }).toEqual({ ...before, balance: null });
    expect(after.balance?.changed_at).toEqual(before.balance?.changed_at);
  } finally {
    crashing.onStatement = null;
    crashing.beforeConnection = null;
    for (const { wake, attempt } of hanging.splice(0)) {
      wake();
      await attempt.outcome;
    }
    await crashing.disarm();
  }
}

async function expectNothingLeft({ db }: StorageRig, accountId: string) {
  const staged = await db
    .selectFrom('transaction_stage')
    .where('account_id', '=', accountId)
    .select('stage_id')
    .execute();
  const held = await db
    .selectFrom('quarantined_items')
    .where('account_id', '=', accountId)
    .select('reason')
    .execute();
  expect({ staged, held }).toEqual({ staged: [], held: [] });
}

const triggersOf = (trigger: 'webhook' | 'schedule' | 'both'): Trigger[] =>
  trigger === 'both' ? ['schedule', 'webhook'] : [trigger];

function productOf(effect: TranslatedWebhook['effects'][number]): Product | null {
  if (effect.kind === 'balance') return 'balance';
  if (effect.kind === 'transactions_removed') return 'transaction';
  return 'product' in effect ? effect.product : null;
}

function byTime(a: Delivered, b: Delivered): number {
  const [one, two] = [a.meaning.occurredAt ?? '', b.meaning.occurredAt ?? ''];
  if (one !== two) return one < two ? -1 : 1;
  return a.order - b.order;
}
