import { Registry } from 'prom-client';
import { createCountedLog } from '../../api/http/counted-log.ts';
import { createIntakeMetrics } from '../../api/metrics/intake-metrics.ts';
import { createByteBudget } from '../../api/webhooks/byte-budget.ts';
import type { WebhookDoor } from '../../api/webhooks/door.ts';
import { createRejectedSamples } from '../../api/webhooks/rejected-samples.ts';
import type { Logger } from '../../config/logger.ts';
import { FROM_EVERYWHERE } from '../../config/sender-settings.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { Database } from '../../db/connect.ts';

/** A door for webhooks from everywhere. */
export function openDoor(deps: {
  readonly db: Database;
  readonly keyRing: KeyRing;
  readonly logger: Logger;
}): WebhookDoor {
  return {
    senders: FROM_EVERYWHERE,
    budget: createByteBudget(64 * 1024 * 1024),
    bodyTimeoutMs: 10_000,
    samples: createRejectedSamples({ ...deps, bodies: 'encrypted' }),
    log: createCountedLog(),
    metrics: createIntakeMetrics(new Registry()),
  };
}
