import type { Logger } from '../config/logger.ts';
import type { DeliveryPace } from '../config/delivery-pace.ts';
import type { KeyRing } from '../credentials/key-ring.ts';
import type { WebhookBodies } from '../config/webhook-bodies.ts';
import type { Database } from '../db/connect.ts';
import type { EventPoster } from '../events/post-event.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import type { AccountWorkflows } from '../temporal/account-workflows.ts';
import type { ConnectionWorkflows } from '../temporal/connection-workflows.ts';
import type { EndpointWorkflows } from '../temporal/endpoint-workflows.ts';
import type { LinkSessionWorkflows } from '../temporal/link-session-workflows.ts';
import type { AttemptRecorder } from './deliveries/attempt-recorder.ts';
import type { ActivityMetrics } from './metrics.ts';

/** How webhooks are kept. */
export interface WebhookKeeping {
  /** For how many days, at the least. */
  readonly retentionDays: number;
  readonly bodies: WebhookBodies;
}

/** How events are kept. */
export interface EventKeeping {
  /** For how many days, with their deliveries, at the least. */
  readonly retentionDays: number;
}

/** How events are delivered. */
export interface Deliveries {
  readonly pace: DeliveryPace;
  readonly poster: EventPoster;
  /** Of the process. */
  readonly recorder: AttemptRecorder;
}

/** What the activities work with. */
export interface ActivityDeps {
  readonly db: Database;
  readonly providers: ProviderRegistry;
  readonly keyRing: KeyRing;
  readonly accountWorkflows: AccountWorkflows;
  readonly connectionWorkflows: ConnectionWorkflows;
  readonly endpointWorkflows: EndpointWorkflows;
  readonly linkSessionWorkflows: LinkSessionWorkflows;
  readonly logger: Logger;
  /** Those of the queue on which the activities run. */
  readonly metrics: ActivityMetrics;
  readonly webhooks: WebhookKeeping;
  readonly events: EventKeeping;
  readonly deliveries: Deliveries;
}
