import type { EndpointRules } from '../config/endpoint-rules.ts';
import type { Logger } from '../config/logger.ts';
import type { KeyRing } from '../credentials/key-ring.ts';
import type { Database } from '../db/connect.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import type { AccountWorkflows } from '../temporal/account-workflows.ts';
import type { ConnectionWorkflows } from '../temporal/connection-workflows.ts';
import type { WebhookDoor } from './webhooks/door.ts';
import type { AskProviders } from './ask-providers.ts';
import type { WebhookIntake } from './webhooks/intake.ts';
import type { SignalDispatcher } from './webhooks/signal-dispatcher.ts';

/** What the API works with. */
export interface ApiDeps {
  readonly db: Database;
  readonly providers: ProviderRegistry;
  readonly keyRing: KeyRing;
  readonly accountWorkflows: AccountWorkflows;
  readonly connectionWorkflows: ConnectionWorkflows;
  /** Where events may be delivered to. */
  readonly endpointRules: EndpointRules;
  readonly door: WebhookDoor;
  readonly intake: WebhookIntake;
  readonly dispatcher: SignalDispatcher;
  readonly askProviders: AskProviders;
  /** Whether Temporal answers. */
  readonly temporalIsUp: () => Promise<boolean>;
  readonly logger: Logger;
}

/** What the middlewares leave for the handlers. */
export interface ApiEnv {
  Variables: { apiKeyId: string };
}
