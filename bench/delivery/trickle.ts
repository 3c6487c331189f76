import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../support/measure.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { recordEvents } from '../../db/events/record-event.ts';
import { countHistory } from './count-history.ts';
import type { Receivers } from './receivers.ts';
import { storeEndpoints } from './store-events.ts';

export interface Trickle {
  readonly perSecond: number;
  /** Temporal history events for a thousand deliveries. */
  readonly history: number;
  /** Milliseconds from when an event came about until it came to the receiver. */
  readonly p50: number;
  readonly p99: number;
}

/** Events that come one by one, as of syncs that are spread over the day. */
export async function measureTrickle(
  stack: BenchStack,
  receivers: Receivers,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Trickle> {
  const { db, temporal } = stack;
  await storeEndpoints(db, receivers.urls.slice(0, 1));
  await receivers.forget();
  const accounts = await db.selectFrom('accounts').select(['id', 'connection_id']).execute();
  const before = await countHistory(temporal);
  const total = perSecond * seconds;
  const beganAt = Date.now();
  for (let n = 0; n < total; n += 1) {
    const account = accounts[n % accounts.length];
    if (!account) throw new Error('no accounts');
    const { id: accountId, connection_id: connectionId } = account;
    await db
      .transaction()
      .execute((trx) => recordEvents(trx, [{ type: 'account.resumed', connectionId, accountId }]));
    await sleep(Math.max(beganAt + ((n + 1) * 1_000) / perSecond - Date.now(), 0));
  }
  await receivers.all(1, total);
  await sleep(5_000);
  const latencies = await receivers.latencies();
  return {
    perSecond,
    history: (((await countHistory(temporal)) - before) / total) * 1_000,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}
