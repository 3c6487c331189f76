import { parseArgs } from 'node:util';
import { measureAcknowledgements } from './intake/acknowledgements.ts';
import { burstFreshet, burstNaive } from './intake/burst.ts';
import { burstTable, costTable, goalsOf, pathsTable, sendersTable } from './intake/report.ts';
import { describeLoad } from './support/describe-load.ts';
import { verdict, type Goal } from './support/goals.ts';
import { print } from './support/print.ts';
import type { BenchStack } from './support/start-bench-stack.ts';
import { describeStack, withStack } from './support/with-stack.ts';

/*
 * How fast webhooks are acknowledged, beside plainer endpoints; and what a burst of them costs until
 * the tables are current, beside a service that signals for each. Exits with 1 where a goal is missed.
 */

const { values } = parseArgs({
  options: {
    /** Any of: acknowledgements, burst. */
    parts: { type: 'string', default: 'acknowledgements,burst' },
    accounts: { type: 'string', default: '100' },
    senders: { type: 'string', default: '64' },
    /** Of a run of a fast endpoint; a slow one gets fewer. */
    requests: { type: 'string', default: '30000' },
    rounds: { type: 'string', default: '3' },
    /** Leaves out the other numbers of senders. */
    quick: { type: 'boolean', default: false },
    /** Of the burst. */
    webhooks: { type: 'string', default: '10000' },
    /** After which a side of the burst has failed. */
    minutes: { type: 'string', default: '30' },
  },
});
const OTHER_SENDERS = [1, 8, 256];

const accounts = Number(values.accounts);
const senders = Number(values.senders);

/** On servers that have nothing to do yet. */
async function onStack<T>(title: string, work: (stack: BenchStack) => Promise<T>): Promise<T> {
  return await withStack({ env: process.env }, async (stack) => {
    print(`\n${title}, ${describeLoad()}: ${await describeStack(stack)}\n`);
    const result = await work(stack);
    print(`\n${describeLoad()}`);
    return result;
  });
}

const parts: Readonly<Record<string, () => Promise<Goal[]>>> = {
  async acknowledgements() {
    const found = await onStack('acknowledgements', (stack) =>
      measureAcknowledgements(stack, {
        accounts,
        senders,
        requests: Number(values.requests),
        rounds: Number(values.rounds),
        otherSenders: values.quick ? [] : OTHER_SENDERS.filter((one) => one !== senders),
        say: print,
      }),
    );
    print(`\n${pathsTable(found, senders)}\n\n${costTable(found)}`);
    if (!values.quick) print(`\n${sendersTable(found)}`);
    return goalsOf.acknowledgements(found);
  },
  async burst() {
    const options = {
      accounts,
      senders,
      webhooks: Number(values.webhooks),
      patienceMs: Number(values.minutes) * 60_000,
      say: print,
    };
    const freshet = await onStack('burst, Freshet', (stack) => burstFreshet(stack, options));
    const naive = await onStack('burst, naive', (stack) => burstNaive(stack, options));
    print(`\n${burstTable(freshet, naive, accounts)}`);
    return goalsOf.burst(freshet, naive);
  },
};

const goals: Goal[] = [];
for (const name of values.parts.split(',')) {
  const run = parts[name];
  if (!run) throw new Error(`there is no part ${name}`);
  goals.push(...(await run()));
}
print(`\n${verdict(goals)}`);
if (goals.some(({ reached }) => !reached)) process.exitCode = 1;
