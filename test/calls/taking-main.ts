import { connectDatabase } from '../../db/connect.ts';
import { budgetPace } from '../../db/calls/budget-pace.ts';
import { takeCalls } from '../../db/calls/take-calls.ts';
import { each } from '../support/each.ts';
import { randomFrom } from '../support/random.ts';
import type { Grant, TakingPlan } from './taking-plan.ts';

// Takes calls as the plan says, over some connections, and writes down what it was given and when.
const plan = JSON.parse(process.env['TEST_PLAN'] ?? '') as TakingPlan;
const db = connectDatabase({
  url: process.env['FRESHET_DATABASE_URL'] ?? '',
  poolSize: plan.callers,
});
const names = Object.keys(plan.budgets);
const grants: Grant[] = [];
let refused = 0;
const end = performance.now() + plan.windows * plan.windowMs;

await each(Array.from({ length: plan.callers }).keys(), plan.callers, async (caller) => {
  const random = randomFrom(plan.seed + caller);
  while (performance.now() < end) {
    const wanted = names.filter(() => random() < 0.5);
    // As unsorted as callers are.
    if (random() < 0.5) wanted.reverse();
    if (wanted.length === 0) continue;
    const paces = new Map(
      wanted.map((key) => [key, budgetPace(plan.budgets[key] ?? 0, plan.windowMs)]),
    );
    const { waitMs, atMicros } = await takeCalls(db, paces);
    if (waitMs === 0) grants.push({ keys: wanted, at: atMicros });
    else refused += 1;
  }
});
await db.destroy();
process.stdout.write(`${JSON.stringify({ msg: 'taken', grants, refused })}\n`);
