import type { MetricMeter } from '@temporalio/common';
import type { Product } from '../config/product.ts';
import type { AccountCounts } from '../db/accounts/count-accounts.ts';

/** What the activities of one queue count. */
export interface ActivityMetrics {
  /** An attempt at a sync has ended. `outcome` is `succeeded` or the kind of its error. */
  syncEnded(product: Product, outcome: string, seconds: number): void;
  /** A repair of the reconciler has ended: how much it has put right, also nothing, and could not. */
  repairEnded(repair: string, counts: { readonly repaired: number; readonly failed: number }): void;
  /** A round of the reconciler has ended. */
  roundEnded(): void;
}

export interface Metrics {
  /** For the activities that run on a provider's queue. */
  ofProvider(provider: string): ActivityMetrics;
  /** Shows how the accounts stand. A set of labels that is no longer there goes to 0. */
  showAccounts(counts: AccountCounts): void;
}

/** The worker's own metrics. Their labels are names from our own lists, never anything of a bank. */
export function createMetrics(meter: MetricMeter): Metrics {
  const syncs = meter.createCounter('freshet_syncs_total', undefined, 'Attempts at syncs');
  const durations = meter.createHistogram(
    SYNC_DURATION,
    'float',
    's',
    'How long attempts at syncs took',
  );
  const repairs = meter.createCounter(
    'freshet_reconciler_repairs_total',
    undefined,
    'What the reconciler has put right',
  );
  const failures = meter.createCounter(
    'freshet_reconciler_failures_total',
    undefined,
    'What the reconciler could not put right',
  );
  const lastRound = meter.createGauge(
    'freshet_reconciler_last_round_timestamp_seconds',
    'int',
    's',
    'When a round of the reconciler last ended in this worker',
  );
  const accounts = meter.createGauge('freshet_accounts', 'int', undefined, 'Linked accounts');
  const stale = meter.createGauge(
    'freshet_accounts_stale',
    'int',
    undefined,
    'Linked accounts whose data is older than it should be',
  );
  const waiting = meter.createGauge(
    'freshet_webhooks_waiting',
    'int',
    undefined,
    'Webhooks that have not taken effect, of accounts that are not paused',
  );
  const shown = new Map<string, Readonly<Record<string, string>>>();

  return {
    ofProvider: (provider) => ({
      syncEnded(product, outcome, seconds) {
        syncs.add(1, { provider, product, outcome });
        durations.record(seconds, { provider, product });
      },
      repairEnded(repair, { repaired, failed }) {
        repairs.add(repaired, { repair });
        failures.add(failed, { repair });
      },
      roundEnded() {
        lastRound.set(Math.floor(Date.now() / 1_000));
      },
    }),
    showAccounts(counts) {
      const gone = new Map(shown);
      for (const { count, ...labels } of counts.accounts) {
        const key = JSON.stringify(Object.values(labels));
        accounts.set(count, labels);
        shown.set(key, labels);
        gone.delete(key);
      }
      for (const labels of gone.values()) accounts.set(0, labels);
      stale.set(counts.stale);
      waiting.set(counts.webhooksWaiting);
    },
  };
}

/** The name of the histogram, for the buckets that its exporter is given. */
export const SYNC_DURATION = 'freshet_sync_duration_seconds';
