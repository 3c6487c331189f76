import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { describeMachine } from './support/describe-machine.ts';
import { print } from './support/print.ts';
import { startBenchStack } from './support/start-bench-stack.ts';
import { measureRefreshCost } from './refresh/history-cost.ts';
import { measureThroughput } from './refresh/throughput.ts';

const { values } = parseArgs({
  options: {
    parts: { type: 'string', default: 'abc' },
    runs: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    accounts: { type: 'string', default: '300' },
    interval: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '20' },
    webhooks: { type: 'string', default: '40' },
  },
});
const stack = await startBenchStack({ env: process.env });
try {
  if (values.parts.includes('a')) {
    const worker = await stack.startWorker();
    print(JSON.stringify(await measureRefreshCost(stack, Number(values.runs)), null, 1));
    await worker.stop();
  }
  if (values.parts.includes('b')) {
    print(
      JSON.stringify(
        await measureThroughput(stack, {
          accounts: Number(values.accounts),
          intervalMs: Number(values.interval),
          rounds: Number(values.rounds),
          settleMs: 6000,
          measureMs: Number(values.seconds) * 1000,
        }),
      ),
    );
  }
} finally {
  await stack.stop();
}
