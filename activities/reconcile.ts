import type { CallContext } from '../providers/provider.ts';
import type { ReconcileResult } from './contract.ts';
import type { ActivityDeps } from './deps.ts';
import { repairs } from './repairs/index.ts';
import type { Round } from './repairs/repair.ts';

const ROUND_MS = 60_000;

/**
 * Compares what Postgres holds with what the workflows have confirmed, and puts right what differs.
 * Safe to run at any time, any number of times. What cannot be repaired does not keep the rest from
 * being repaired.
 */
export async function reconcile(
  deps: ActivityDeps,
  { signal, heartbeat }: CallContext,
): Promise<ReconcileResult> {
  const repaired: Record<string, number> = {};
  let failed = 0;
  const round: Round = {
    number: Math.floor(Date.now() / ROUND_MS),
    async each(items, work) {
      let done = 0;
      for (const item of items) {
        signal.throwIfAborted();
        heartbeat();
        try {
          await work(item);
          done += 1;
        } catch (err) {
          failed += 1;
          deps.logger.warn({ err }, 'left to the next round');
        }
      }
      return done;
    },
  };
  for (const [name, repair] of Object.entries(repairs)) {
    const count = await repair(deps, round);
    deps.metrics.repaired(name, count);
    if (count > 0) repaired[name] = count;
  }
  deps.metrics.roundEnded(failed);
  return { repaired, failed };
}
