import type { EndpointRules } from '../config/endpoint-rules.ts';
import type { Logger } from '../config/logger.ts';
import type { KeyRing } from '../credentials/key-ring.ts';
import type { CallMetrics } from '../db/calls/meter-calls.ts';
import type { Database } from '../db/connect.ts';
import type { ProviderRegistry } from '../providers/registry.ts';
import type { AccountWorkflows } from '../temporal/account-workflows.ts';
import type { ConnectionWorkflows } from '../temporal/connection-workflows.ts';
import type { LinkSessionWorkflows } from '../temporal/link-session-workflows.ts';
import type { WebhookDoor } from './webhooks/door.ts';
import type { AskProviders } from './ask-providers.ts';
import type { WebhookIntake } from './webhooks/intake.ts';
import type { SignalDispatcher } from './webhooks/signal-dispatcher.ts';
import type { TellLinkSessions } from './webhooks/tell-link-sessions.ts';

/** What the API works with. */
export interface ApiDeps {
  readonly db: Database;
  readonly providers: ProviderRegistry;
  readonly keyRing: KeyRing;
  readonly accountWorkflows: AccountWorkflows;
  readonly connectionWorkflows: ConnectionWorkflows;
  readonly linkSessionWorkflows: LinkSessionWorkflows;
  /** Where Freshet is reached from outside; null: it was not told. */
  readonly publicUrl: string | null;
  /** Where events may be delivered to. */
  readonly endpointRules: EndpointRules;
  readonly door: WebhookDoor;
  readonly intake: WebhookIntake;
  readonly dispatcher: SignalDispatcher;
  readonly tellLinkSessions: TellLinkSessions;
  readonly askProviders: AskProviders;
  /** Whether Temporal answers. */
  readonly temporalIsUp: () => Promise<boolean>;
  readonly metrics: CallMetrics;
  readonly logger: Logger;
}

/** What the middlewares leave for the handlers. */
export interface ApiEnv {
  Variables: { apiKeyId: string };
}
