import { parseArgs } from 'node:util';
import { measureGrowth, type Growth } from './fleet/growth.ts';
import { commitsLine, fleetTable, goalsOf, growthTable } from './fleet/report.ts';
import { runFleet } from './fleet/run-fleet.ts';
import { describeLoad } from './support/describe-load.ts';
import { verdict } from './support/goals.ts';
import { print } from './support/print.ts';
import { describeStack, withStack } from './support/with-stack.ts';

/*
 * Thousands of accounts at mixed intervals on one machine: how late they start, what they take, and
 * what they leave behind. Exits with 1 where a goal (our own) is missed.
 */

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '5000' },
    transactions: { type: 'string', default: '20' },
    /** That the settled fleet is measured, */
    seconds: { type: 'string', default: '240' },
    /** less where it would take longer than this altogether. */
    minutes: { type: 'string', default: '11.5' },
    /** That the growth of the databases is measured. */
    'growth-seconds': { type: 'string', default: '60' },
  },
});

const growth: Growth = await withStack({ env: process.env, keepsTemporal: true }, async (stack) => {
  print(await describeStack(stack));
  print(`\ngrowth, ${describeLoad()}\n`);
  return await measureGrowth(stack, Number(values['growth-seconds']) * 1_000);
});
print(`${growthTable(growth)}\n\n${commitsLine(growth)}`);

const fleet = await withStack({ env: process.env }, (stack) => {
  print(`\nfleet, ${describeLoad()}\n`);
  return runFleet(stack, {
    accounts: Number(values.accounts),
    transactions: Number(values.transactions),
    measureMs: Number(values.seconds) * 1_000,
    endAt: Number(values.minutes) * 60_000,
    say: print,
  });
});
print(`\n${fleetTable(fleet)}\n\n${describeLoad()}\n`);
const goals = goalsOf(fleet);
print(verdict(goals));
if (goals.some(({ reached }) => !reached)) process.exitCode = 1;
