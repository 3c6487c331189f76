import { Runtime, type RuntimeOptions } from '@temporalio/worker';
import {
  createMetrics,
  DELIVERY_DURATION,
  SYNC_DURATION,
  type Metrics,
} from '../activities/metrics.ts';
import type { Logger } from '../config/logger.ts';
import { ConfigError } from '../config/secrets.ts';
import { temporalLogger } from './temporal-logger.ts';

export interface RuntimeSettings {
  readonly logger: Logger;
  /** `ip:port` on which metrics are served, under `/metrics`; undefined: nowhere. */
  readonly metricsAddress: string | undefined;
}

/** Seconds: from a read of one page to a scan of years. */
const SYNC_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180, 600, 1_800];

/** Seconds: up to the time-out. */
const DELIVERY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/**
 * Sets up Temporal's runtime, once in a process: its log goes through ours, and its metrics are
 * served together with ours. Throws `ConfigError` where they cannot be.
 */
export function installRuntime({ logger, metricsAddress }: RuntimeSettings): Metrics {
  const options: RuntimeOptions = { logger: temporalLogger(logger), shutdownSignals: [] };
  if (metricsAddress === undefined) return createMetrics(Runtime.install(options).metricMeter);
  const prometheus = {
    bindAddress: metricsAddress,
    useSecondsForDurations: true,
    histogramBucketOverrides: {
      [SYNC_DURATION]: SYNC_BUCKETS,
      [DELIVERY_DURATION]: DELIVERY_BUCKETS,
    },
  };
  const telemetryOptions = { metrics: { attachServiceName: false, prometheus } };
  try {
    return createMetrics(Runtime.install({ ...options, telemetryOptions }).metricMeter);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new ConfigError(`FRESHET_METRICS_ADDRESS cannot be listened on (${why})`);
  }
}
