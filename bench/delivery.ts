import { parseArgs } from 'node:util';
import { costTable, goalsOf, throughputTable, trickleTable } from './delivery/report.ts';
import { startReceivers } from './delivery/receivers.ts';
import { storeAccounts } from './delivery/store-events.ts';
import { measureThroughput, type Throughput } from './delivery/throughput.ts';
import { measureTrickle, type Trickle } from './delivery/trickle.ts';
import { describeLoad } from './support/describe-load.ts';
import { verdict } from './support/goals.ts';
import { print } from './support/print.ts';
import { describeStack, withStack } from './support/with-stack.ts';

/*
 * How fast events are delivered to local receivers, beside a bare loop of the same HTTP client that posts the same bodies;
 * and how much Temporal history that takes. Exits with 1 where a goal is missed.
 */

const { values } = parseArgs({
  options: {
    receivers: { type: 'string', default: '1,20' },
    /** In a round, to all receivers together. */
    deliveries: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    accounts: { type: 'string', default: '1000' },
    /** Events a second that come one by one. */
    trickles: { type: 'string', default: '1,10' },
    seconds: { type: 'string', default: '20' },
  },
});

const numbers = (text: string): number[] =>
  text
    .split(',')
    .filter((one) => one !== '')
    .map(Number);

await withStack({ env: process.env }, async (stack) => {
  print(`\ndelivery, ${describeLoad()}: ${await describeStack(stack)}\n`);
  const counts = numbers(values.receivers);
  const worker = await stack.startWorker({
    FRESHET_ENDPOINT_ALLOW_HTTP: 'true',
    FRESHET_ENDPOINT_PORTS: '1-65535',
    FRESHET_ENDPOINT_ALLOWED_RANGES: '127.0.0.1',
    FRESHET_RECONCILE_SECONDS: '3600',
  });
  await stack.temporal.schedule.getHandle('freshet-reconcile').delete();
  await storeAccounts(stack.db, Number(values.accounts));
  const receivers = await startReceivers(stack, Math.max(...counts));

  const measured: Throughput[] = [];
  for (const count of counts) {
    const events = Math.round(Number(values.deliveries) / count);
    const rounds = Number(values.rounds);
    const options = { receivers: count, events, rounds, workerPid: worker.pid };
    measured.push(await measureThroughput(stack, receivers, options));
  }
  const trickles: Trickle[] = [];
  for (const perSecond of numbers(values.trickles)) {
    const seconds = Number(values.seconds);
    trickles.push(await measureTrickle(stack, receivers, { perSecond, seconds }));
  }
  print(`${describeLoad()}\n\n${throughputTable(measured)}\n\n${costTable(measured)}`);
  if (trickles.length > 0) print(`\n${trickleTable(trickles)}`);
  const goals = goalsOf(measured);
  print(`\n${verdict(goals)}`);
  if (goals.some(({ reached }) => !reached)) process.exitCode = 1;
});
