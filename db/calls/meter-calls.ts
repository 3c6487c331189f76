import type { Logger } from '../../config/logger.ts';
import type { CallContext, ProviderContext } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { budgetPace } from './budget-pace.ts';
import type { CallSubject } from './call-subject.ts';
import { storePaidCall } from './store-paid-call.ts';
import { takeCalls } from './take-calls.ts';

/** What counts calls in this process. */
export interface CallMetrics {
  /** The provider charges for this one. */
  callPaid(provider: string, call: string): void;
}

export interface MeterDeps {
  readonly db: Database;
  readonly logger: Pick<Logger, 'error'>;
  readonly metrics: CallMetrics;
}

/**
 * A context whose calls keep to the provider's budgets, over all workers, and are counted where they cost.
 *
 * `take` rejects where Postgres cannot answer: nothing is called then. `paid` never does: what the provider
 * was paid for is not to be lost, so that a count which cannot be stored is told by the log instead.
 */
export function meterCalls(
  { db, logger, metrics }: MeterDeps,
  context: CallContext,
  subject: CallSubject,
): ProviderContext {
  const { provider } = subject;
  return {
    ...context,
    async take(budgets) {
      context.signal.throwIfAborted();
      // Of two with one key the smaller counts.
      const falling = budgets.toSorted((a, b) => b.perMinute - a.perMinute);
      const paces = new Map(
        falling.map(({ key, perMinute }) => [`${provider} ${key}`, budgetPace(perMinute)]),
      );
      return paces.size === 0 ? 0 : (await takeCalls(db, paces)).waitMs;
    },
    async paid({ call }) {
      metrics.callPaid(provider, call);
      try {
        await storePaidCall(db, call, subject);
      } catch (err) {
        logger.error({ err, ...subject, call }, 'paid call not counted');
      }
    },
  };
}
