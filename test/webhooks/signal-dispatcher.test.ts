import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSignalDispatcher } from '../../api/webhooks/signal-dispatcher.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Call {
  readonly accountId: string;
  readonly products: readonly string[];
  readonly webhookIds: readonly string[];
}

function dispatching(answer: () => Promise<void> = () => Promise.resolve()) {
  const calls: Call[] = [];
  const dispatcher = createSignalDispatcher(async (accountId, products, webhookIds) => {
    calls.push({ accountId, products, webhookIds });
    await answer();
  });
  let count = 0;
  return {
    calls,
    dispatcher,
    come(accountId = 'a', product: 'balance' | 'transaction' = 'balance') {
      count += 1;
      dispatcher.dispatch([{ accountId, product, webhookId: `w${count}` }]);
    },
  };
}

const turn = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('signals to an account', () => {
  it('are one on its way and one that waits, however many webhooks come', async () => {
    const sent = Promise.withResolvers<void>();
    const { calls, come } = dispatching(() => sent.promise);
    come();
    for (let i = 0; i < 50; i++) come('a', i % 2 === 0 ? 'balance' : 'transaction');
    await turn(60_000);
    expect(calls).toHaveLength(1);
    sent.resolve();
    await turn(100);
    expect(calls).toHaveLength(2);
    expect(calls[1]?.products.toSorted()).toEqual(['balance', 'transaction']);
    expect(calls[1]?.webhookIds).toHaveLength(50);
  });

  it('come at once after a quiet time, and ever more rarely in a burst', async () => {
    const { calls, come } = dispatching();
    for (let i = 0; i < 1_000; i++) {
      come();
      await turn(10);
    }
    expect(calls.length).toBeLessThan(14);
    await turn(5_000);
    expect(calls.flatMap(({ webhookIds }) => webhookIds)).toHaveLength(1_000);
    const before = calls.length;
    come();
    await turn();
    expect(calls).toHaveLength(before + 1);
  });

  it('wait no longer than at first where each webhook comes by itself', async () => {
    const { calls, come } = dispatching();
    for (let i = 0; i < 200; i++) {
      come();
      await turn(60);
      expect(calls).toHaveLength(i + 1);
    }
  });

  it('do not hold up those to others', async () => {
    const { calls, come } = dispatching();
    come('a');
    come('a');
    come('b');
    await turn();
    expect(calls.map(({ accountId }) => accountId)).toEqual(['a', 'b']);
  });
});

describe('while Temporal is away', () => {
  it('a signal is tried again, and has all in it that came meanwhile', async () => {
    let isAway = true;
    const { calls, come } = dispatching(() =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(),
    );
    come();
    await turn(100);
    come('a', 'transaction');
    isAway = false;
    await turn(2_000);
    expect(calls.at(-1)).toEqual({
      accountId: 'a',
      products: ['balance', 'transaction'],
      webhookIds: ['w1', 'w2'],
    });
    expect(calls).toHaveLength(2);
  });

  it('what cannot be told in time is left to the reconciler, and holds nothing', async () => {
    const { calls, come, dispatcher } = dispatching(() => Promise.reject(new Error('away')));
    for (let i = 0; i < 12_000; i++) come(`account ${i}`);
    await turn(10 * 60_000);
    expect(new Set(calls.map(({ accountId }) => accountId)).size).toBeLessThanOrEqual(10_000);
    const before = calls.length;
    await turn(10 * 60_000);
    expect(calls).toHaveLength(before);
    await dispatcher.close(1_000);
  });
});

it('what waits is sent at once when the instance stops', async () => {
  const { calls, come, dispatcher } = dispatching();
  come();
  await turn();
  come();
  const closed = dispatcher.close(1_000);
  await turn();
  await closed;
  expect(calls.map(({ webhookIds }) => webhookIds)).toEqual([['w1'], ['w2']]);
});
