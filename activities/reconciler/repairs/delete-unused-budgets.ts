import { deleteUnusedBudgets } from '../../../db/calls/delete-unused-budgets.ts';
import { inBatches } from './in-batches.ts';
import type { Repair } from './repair.ts';

const MINUTES = 10;

/** Rows of budgets of which nothing is used up. */
export const deleteBudgets: Repair = ({ db }, round) =>
  inBatches<string>(round, ({ most }) => deleteUnusedBudgets(db, { minutes: MINUTES, most }));
