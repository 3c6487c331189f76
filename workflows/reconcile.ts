import type { ReconcileResult } from '../activities/contract.ts';
import { reconcile as reconcileActivity } from './activities.ts';

/**
 * One round of repair, started by a Temporal Schedule: whatever Postgres holds and Temporal missed
 * is told again.
 */
export async function reconcile(): Promise<ReconcileResult> {
  return await reconcileActivity();
}
