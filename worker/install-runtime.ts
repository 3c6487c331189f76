import { Runtime } from '@temporalio/worker';
import { createMetrics, SYNC_DURATION, type Metrics } from '../activities/metrics.ts';
import type { Logger } from '../config/logger.ts';
import { temporalLogger } from './temporal-logger.ts';

export interface RuntimeSettings {
  readonly logger: Logger;
  /** `ip:port` on which metrics are served, under `/metrics`; undefined: nowhere. */
  readonly metricsAddress: string | undefined;
}

/** Seconds: from a read of one page to a scan of years. */
const SYNC_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1_800];

/**
 * Sets up Temporal's runtime, once in a process: its log goes through ours, and its metrics are
 * served together with ours.
 */
export function installRuntime({ logger, metricsAddress }: RuntimeSettings): Metrics {
  const runtime = Runtime.install({
    logger: temporalLogger(logger),
    shutdownSignals: [],
    ...(metricsAddress === undefined
      ? {}
      : {
          telemetryOptions: {
            metrics: {
              attachServiceName: false,
              prometheus: {
                bindAddress: metricsAddress,
                useSecondsForDurations: true,
                histogramBucketOverrides: { [SYNC_DURATION]: SYNC_BUCKETS },
              },
            },
          },
        }),
  });
  return createMetrics(runtime.metricMeter);
}
