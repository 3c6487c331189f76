import { describe, expect, it } from 'vitest';
import type {
  AccountRef,
  PaidCall,
  Provider,
  ProviderContext,
} from '../../../providers/provider.ts';
import { eventually } from '../../support/eventually.ts';
import { testContext } from '../context.ts';
import { errorOf, linkOne, readAll, startBank } from './bank.ts';

interface Counting extends ProviderContext {
  readonly paidFor: string[];
  readonly beats: () => number;
}

function countingContext(): Counting {
  const paidFor: string[] = [];
  const paid = async ({ call }: PaidCall): Promise<void> => void paidFor.push(call);
  return { ...testContext(), paid, paidFor };
}

const refreshed = (provider: Provider, ref: AccountRef, context: ProviderContext) =>
  provider.fetchBalance(ref, { refresh: true }, context);

describe('real time', () => {
  it('asks the bank, reads what it brought, and counts the call', async () => {
    await using bank = await startBank();
    const { ref, id } = await linkOne(bank);
    bank.mono.control.setBalance(id, 777);
    const held = await bank.provider.fetchBalance(ref, { refresh: false }, testContext());
    expect(held.current).toBe('0.00');
    const context = countingContext();
    expect((await refreshed(bank.provider, ref, context)).current).toBe('7.77');
    expect(context.paidFor).toEqual(['realtime_balance']);
    expect(bank.mono.control.realTimeCount(id)).toEqual({ calls: 1, sessions: 1, charged: 1 });
  });

  it('is asked for transactions, and read without the header', async () => {
    await using bank = await startBank();
    const { ref, id } = await linkOne(bank);
    bank.mono.control.addTransaction(id, { id: 'new', amount: 1 });
    const context = countingContext();
    const options = { refresh: true, context };
    const { upserts } = await readAll(bank.provider, ref, { scope: 'full' }, options);
    expect(upserts.map((one) => one.providerTransactionId)).toEqual(['new']);
    expect(context.paidFor).toEqual(['realtime_transactions']);
    expect(bank.mono.calls.list('transactions').map(({ realTime }) => realTime)).toEqual([
      true,
      false,
    ]);
  });

  it.each([false, true])(
    'counts nothing where there is nothing new (header: %s)',
    async (sends) => {
      await using bank = await startBank();
      bank.mono.control.settings.sendsFalseHasNewData = sends;
      const { ref } = await linkOne(bank);
      const context = countingContext();
      await refreshed(bank.provider, ref, context);
      expect(context.paidFor).toEqual([]);
    },
  );

  it('counts a session once that both products share', async () => {
    await using bank = await startBank();
    const { ref, id } = await linkOne(bank);
    bank.mono.control.addTransaction(id, { amount: 1 });
    const context = countingContext();
    await refreshed(bank.provider, ref, context);
    await readAll(bank.provider, ref, { scope: 'full' }, { refresh: true, context });
    expect(context.paidFor).toHaveLength(1);
    expect(bank.mono.control.realTimeCount(id)).toMatchObject({ sessions: 1, charged: 1 });
  });

  it('asks for transactions where both are wanted, so that one session brings both', async () => {
    await using bank = await startBank({
      realtimeBalance: 'asked',
      realtimeTransactions: 'asked',
    });
    const { ref, id } = await linkOne(bank);
    bank.mono.control.addTransaction(id, { id: 'new', amount: 1, type: 'credit' });
    const context = countingContext();
    const [balance, { upserts }] = await Promise.all([
      refreshed(bank.provider, ref, context),
      readAll(bank.provider, ref, { scope: 'full' }, { refresh: true, context }),
    ]);
    expect(balance.current).toBe('0.01');
    expect(upserts.map((one) => one.providerTransactionId)).toEqual(['new']);
    expect(context.paidFor).toEqual(['realtime_transactions']);
  });

  it.each(['processing', 'enqueued'] as const)('waits for a job that is %s', async (mode) => {
    await using bank = await startBank();
    const { ref, id } = await linkOne(bank);
    bank.mono.control.settings.realTime = mode;
    bank.mono.control.setBalance(id, 777);
    const context = countingContext();
    const reading = refreshed(bank.provider, ref, context);
    await untilLookedAt(bank.mono.calls, 2);
    bank.mono.control.faults.add('job', { kind: 'status', status: 503 });
    await untilLookedAt(bank.mono.calls, 4);
    bank.mono.control.finishJob(id);
    expect((await reading).current).toBe('7.77');
    expect(context.paidFor).toEqual(['realtime_balance']);
    expect(context.beats()).toBeGreaterThan(4);
  });

  it('leaves a job that goes on for too long to its webhook', async () => {
    await using bank = await startBank({ jobTimeoutMs: 30 });
    const { ref } = await linkOne(bank);
    bank.mono.control.settings.realTime = 'processing';
    const context = countingContext();
    const error = await errorOf(refreshed(bank.provider, ref, context));
    expect(error).toMatchObject({ kind: 'retry', code: 'realtime_processing' });
    // It may find something yet. Asked for again, it is the same job.
    await errorOf(refreshed(bank.provider, ref, context));
    expect(context.paidFor).toEqual(['realtime_balance']);
  });

  it('ends with its caller', async () => {
    await using bank = await startBank();
    const { ref } = await linkOne(bank);
    bank.mono.control.settings.realTime = 'processing';
    const stop = new AbortController();
    const reading = refreshed(bank.provider, ref, testContext(stop.signal));
    await untilLookedAt(bank.mono.calls, 1);
    const reason = new Error('the worker stops');
    stop.abort(reason);
    expect(await errorOf(reading)).toBe(reason);
  });

  it.each(['failed', 'reauth'] as const)(
    '%s: later, by itself or by a webhook',
    async (outcome) => {
      await using bank = await startBank();
      const { ref, id } = await linkOne(bank);
      bank.mono.control.settings.realTime = 'processing';
      const context = countingContext();
      const reading = errorOf(refreshed(bank.provider, ref, context));
      await untilLookedAt(bank.mono.calls, 1);
      bank.mono.control.finishJob(id, { outcome });
      // In its present shape the job says `failed` for both: only `account_updated` tells them apart.
      expect(await reading).toMatchObject({ kind: 'retry', code: 'realtime_failed' });
      expect(context.paidFor).toEqual([]);
    },
  );

  it.each([
    { status: 'REAUTHORISATION_REQUIRED' },
    { status: 'reauthorization_required' },
    { job_status: 'failed', reauth_required: true },
  ])('a failed job that says %j wants the customer', async (shape) => {
    await using bank = await startBank();
    const { ref } = await linkOne(bank);
    bank.mono.control.settings.realTime = 'failed';
    bank.mono.control.alterations.add('job', () => ({ status: 'successful', data: shape }));
    const error = await errorOf(refreshed(bank.provider, ref, testContext()));
    expect(error).toMatchObject({ kind: 'reauth', code: 'login_required' });
  });

  it.each(['SUCCESSFUL', 'successful', 'FINISHED'])(
    'a job that is %s has ended',
    async (status) => {
      await using bank = await startBank();
      const { ref } = await linkOne(bank);
      bank.mono.control.settings.realTime = 'processing';
      bank.mono.control.alterations.add('job', () => ({ status: 'successful', data: { status } }));
      expect(await refreshed(bank.provider, ref, testContext())).toMatchObject({ currency: 'NGN' });
    },
  );
});

async function untilLookedAt(
  calls: { list(endpoint: 'job'): readonly unknown[] },
  times: number,
): Promise<void> {
  await eventually(() => calls.list('job').length >= times, { everyMs: 5 });
}
