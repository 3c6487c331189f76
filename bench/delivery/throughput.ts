import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { DELIVERY_PACE } from '../../config/delivery-pace.ts';
import { EVENT_COLUMNS } from '../../db/events/event-columns.ts';
import { loadContents } from '../../db/events/load-contents.ts';
import { renderEvent } from '../../events/render-event.ts';
import { waitForLog } from '../../dev/processes/wait-for-log.ts';
import { usageOf } from '../support/process-usage.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { countHistory } from './count-history.ts';
import type { Receivers } from './receivers.ts';
import { storeEndpoints, storeEvents, wakeEndpoints } from './store-events.ts';

export interface ThroughputOptions {
  readonly receivers: number;
  /** To each receiver. */
  readonly events: number;
  readonly rounds: number;
  readonly workerPid: number;
}

export interface Run {
  readonly perSecond: number;
  /** Milliseconds of a core for a delivery. */
  readonly cpuMs: {
    readonly sender: number;
    readonly postgres: number;
    readonly receivers: number;
  };
}

export interface Throughput {
  readonly receivers: number;
  readonly freshet: readonly Run[];
  readonly bare: readonly Run[];
  /** Temporal history events for a thousand deliveries. */
  readonly history: number;
}

/** Freshet and the bare loop, in turn, on the same machine with the same bodies. */
export async function measureThroughput(
  stack: BenchStack,
  receivers: Receivers,
  options: ThroughputOptions,
): Promise<Throughput> {
  const urls = receivers.urls.slice(0, options.receivers);
  const freshet: Run[] = [];
  const bare: Run[] = [];
  const before = await countHistory(stack.temporal);
  for (let round = 0; round < options.rounds; round += 1) {
    await storeEndpoints(stack.db, urls);
    await storeEvents(stack.db, options.events);
    const bodies = await writeBodies(stack);
    freshet.push(
      await run(stack, receivers, options, options.workerPid, () => wakeEndpoints(stack.db)),
    );
    await untilIdle(stack);
    const loop = await stack.startPart('bench/delivery/bare-main.ts', 'bare loop ready', {
      BENCH_URLS: urls.join(','),
      BENCH_BODIES: bodies,
      BENCH_CONCURRENCY: String(DELIVERY_PACE.concurrency),
    });
    bare.push(
      await run(stack, receivers, options, loop.pid, async () => {
        process.kill(loop.pid, 'SIGUSR2');
      }),
    );
    await waitForLog(loop, 'bare loop done');
    await loop.stop();
  }
  const deliveries = options.receivers * options.events * options.rounds;
  const history = (((await countHistory(stack.temporal)) - before) / deliveries) * 1_000;
  return { receivers: options.receivers, freshet, bare, history };
}

async function run(
  { postgresPid }: BenchStack,
  receivers: Receivers,
  options: ThroughputOptions,
  senderPid: number,
  begin: () => Promise<void>,
): Promise<Run> {
  await receivers.forget();
  const pids = [senderPid, postgresPid, receivers.pid];
  const cpu = (): number[] => pids.map((pid) => usageOf(pid).cpuSeconds);
  const before = cpu();
  const beganAt = Date.now();
  await begin();
  const endedAt = await receivers.all(options.receivers, options.events);
  const deliveries = options.receivers * options.events;
  const [sender = 0, postgres = 0, received = 0] = cpu().map(
    (seconds, index) => ((seconds - (before[index] ?? 0)) / deliveries) * 1_000,
  );
  return {
    perSecond: deliveries / ((endedAt - beganAt) / 1_000),
    cpuMs: { sender, postgres, receivers: received },
  };
}

/** What Freshet would send, a line each. */
async function writeBodies({ db }: BenchStack): Promise<string> {
  const events = await db.selectFrom('events').orderBy('id').select(EVENT_COLUMNS).execute();
  const contents = await loadContents(
    db,
    events.map((event) => ({ event, payload: 'full' as const })),
  );
  const file = path.join(tmpdir(), `freshet-bench-bodies-${process.pid}`);
  const lines = events.map((event) => JSON.stringify(renderEvent(event, 'full', contents)));
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** The workflows have ended: what they still do is not to be the other side's burden. */
async function untilIdle({ temporal }: BenchStack): Promise<void> {
  for (;;) {
    const query = "WorkflowType = 'endpointDelivery' and ExecutionStatus = 'Running'";
    const { count } = await temporal.workflow.count(query);
    if (count === 0) return;
    await sleep(200);
  }
}
