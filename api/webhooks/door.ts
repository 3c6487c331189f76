import type { SenderSettings } from '../../config/sender-settings.ts';
import type { IntakeMetrics } from '../metrics/intake-metrics.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { CountedLog } from '../http/counted-log.ts';
import type { RejectedSamples } from './rejected-samples.ts';

/** What decides which requests come in as webhooks, and notes those that do not. */
export interface WebhookDoor {
  readonly senders: SenderSettings;
  readonly budget: ByteBudget;
  /** A body that takes longer is not waited for. */
  readonly bodyTimeoutMs: number;
  readonly samples: RejectedSamples;
  readonly log: CountedLog;
  readonly metrics: IntakeMetrics;
}
