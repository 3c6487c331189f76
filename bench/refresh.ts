import { parseArgs } from 'node:util';
import { measureRefreshCost } from './refresh/history-cost.ts';
import { costTable, goalsOf, latencyTable, throughputTable } from './refresh/report.ts';
import { measureThroughput } from './refresh/throughput.ts';
import { measureWebhookLatency } from './refresh/webhook-latency.ts';
import { describeLoad } from './support/describe-load.ts';
import { verdict, type Goal } from './support/goals.ts';
import { print } from './support/print.ts';
import type { BenchStack } from './support/start-bench-stack.ts';
import { describeStack, withStack } from './support/with-stack.ts';

/*
 * What a refresh costs in Temporal, how many of them a second there can be beside a bare loop, and how
 * long a webhook takes to become a row. Exits with 1 where a goal is missed.
 */

const { values } = parseArgs({
  options: {
    /** Any of: cost, throughput, latency. */
    parts: { type: 'string', default: 'cost,throughput,latency' },
    /** Whole runs that are counted, of 30 refreshes each. */
    runs: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    accounts: { type: 'string', default: '400' },
    /** Of those accounts, in milliseconds. */
    interval: { type: 'string', default: '3000' },
    /** That each side of a round is measured. */
    seconds: { type: 'string', default: '20' },
    webhooks: { type: 'string', default: '100' },
  },
});
const SETTLE_MS = 6_000;

const parts: Readonly<Record<string, (stack: BenchStack) => Promise<Goal[]>>> = {
  async cost(stack) {
    const worker = await stack.startWorker();
    const cost = await measureRefreshCost(stack, Number(values.runs));
    await worker.stop();
    print(costTable(cost));
    return goalsOf.cost(cost);
  },
  async throughput(stack) {
    const throughput = await measureThroughput(stack, {
      accounts: Number(values.accounts),
      intervalMs: Number(values.interval),
      rounds: Number(values.rounds),
      settleMs: SETTLE_MS,
      measureMs: Number(values.seconds) * 1_000,
    });
    print(throughputTable(throughput));
    return goalsOf.throughput(throughput);
  },
  async latency(stack) {
    const latencies = await measureWebhookLatency(stack, Number(values.webhooks));
    print(latencyTable(latencies));
    return goalsOf.latency(latencies);
  },
};

const goals: Goal[] = [];
for (const name of values.parts.split(',')) {
  const run = parts[name];
  if (!run) throw new Error(`there is no part ${name}`);
  // Each starts with servers that have nothing to do.
  await withStack({ env: process.env }, async (stack) => {
    if (goals.length === 0) print(await describeStack(stack));
    print(`\n${name}, ${describeLoad()}\n`);
    goals.push(...(await run(stack)));
    print(`\n${describeLoad()}`);
  });
}
print('');
print(verdict(goals));
if (goals.some(({ reached }) => !reached)) process.exitCode = 1;
