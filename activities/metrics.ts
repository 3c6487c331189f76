import type { MetricMeter } from '@temporalio/common';
import type { Product } from '../config/product.ts';
import type { CallMetrics } from '../db/calls/meter-calls.ts';
import type { AccountCounts } from '../db/accounts/count-accounts.ts';
import type { DeliveryCounts } from '../db/deliveries/count-deliveries.ts';

/** What the activities of one queue count. */
export interface ActivityMetrics extends CallMetrics {
  /** An attempt at a sync has ended. `outcome` is `succeeded` or the kind of its error. */
  syncEnded(product: Product, outcome: string, seconds: number): void;
  /** A request to a webhook endpoint has ended. `outcome` is `succeeded` or `failed`. */
  deliveryAttempted(outcome: string, seconds: number): void;
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
  showDeliveries(counts: DeliveryCounts): void;
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
  const attempts = meter.createCounter(
    'freshet_delivery_attempts_total',
    undefined,
    'Requests to webhook endpoints',
  );
  const latencies = meter.createHistogram(
    DELIVERY_DURATION,
    'float',
    's',
    'How long webhook endpoints took to answer',
  );
  const paid = meter.createCounter(
    'freshet_paid_calls_total',
    undefined,
    'Calls that the provider charges for',
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
  const pending = meter.createGauge(
    'freshet_deliveries_pending',
    'int',
    undefined,
    'Deliveries that wait, at endpoints that are enabled',
  );
  const oldest = meter.createGauge(
    'freshet_deliveries_oldest_seconds',
    'float',
    's',
    'How long ago the oldest of them should have been delivered first',
  );
  const endpoints = meter.createGauge('freshet_endpoints', 'int', undefined, 'Webhook endpoints');
  const shown = new Map<string, Readonly<Record<string, string>>>();

  return {
    ofProvider: (provider) => ({
      callPaid: (whose, call) => paid.add(1, { provider: whose, call }),
      syncEnded(product, outcome, seconds) {
        syncs.add(1, { provider, product, outcome });
        durations.record(seconds, { provider, product });
      },
      deliveryAttempted(outcome, seconds) {
        attempts.add(1, { outcome });
        latencies.record(seconds, {});
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
    showDeliveries(counts) {
      pending.set(counts.pending);
      oldest.set(counts.oldestSeconds);
      for (const [status, count] of Object.entries(counts.endpoints))
        endpoints.set(count, { status });
    },
  };
}

/** The names of the histograms, for the buckets that their exporter is given. */
export const SYNC_DURATION = 'freshet_sync_duration_seconds';
export const DELIVERY_DURATION = 'freshet_delivery_duration_seconds';
