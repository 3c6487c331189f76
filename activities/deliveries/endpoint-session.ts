import type { KeyObject } from 'node:crypto';
import { claimEndpoint, type ClaimedEndpoint } from '../../db/endpoints/claim-endpoint.ts';
import { disableEndpoint } from '../../db/endpoints/disable-endpoint.ts';
import { noteHealth } from '../../db/endpoints/note-health.ts';
import { retryNow } from '../../db/endpoints/wake-endpoint.ts';
import type { ActivityDeps } from '../deps.ts';
import {
  afterFailure,
  afterSuccess,
  HEALTHY,
  isFailing,
  type EndpointHealth,
  type FailedAttempt,
} from './endpoint-health.ts';
import { signingKeys } from './signing-keys.ts';

/** Twice as long as the time after which Temporal takes a silent activity for dead. */
const CLAIM_MS = 20_000;
const CLAIM_ANEW_MS = 2_000;

export interface OpenEndpoint extends Pick<
  ClaimedEndpoint,
  'id' | 'account_id' | 'url' | 'payload' | 'updated_at'
> {
  readonly keys: readonly KeyObject[];
}

/** What is known of an endpoint while it is delivered to. */
export interface EndpointSession {
  /** Reads it, and claims it, where that is a while ago. */
  refresh(): Promise<void>;
  /** When it is to be refreshed, in milliseconds since the epoch. */
  readonly refreshAt: number;
  /** Undefined while nothing is to be sent to it. */
  readonly open: OpenEndpoint | undefined;
  /** How many requests it may have under way. */
  readonly room: number;
  /** It has failed several times in a row. */
  readonly isFailing: boolean;
  /**
   * What it has kept waiting since it began to fail is due at once.
   * @param startedAt of the attempt, in milliseconds since the epoch.
   */
  succeeded(startedAt: number): Promise<void>;
  /** One that goes on failing, or says that it is gone, is disabled. */
  failed(attempt: FailedAttempt): Promise<void>;
  /** Whether the operator has changed nothing since: else what is learnt by it says nothing of the endpoint as it is. */
  isCurrent(endpoint: OpenEndpoint): boolean;
}

export function createEndpointSession(deps: ActivityDeps, endpointId: string): EndpointSession {
  const { db, logger, deliveries } = deps;
  const { pace } = deliveries;
  let endpoint: OpenEndpoint | undefined;
  let claimedAt: number | null = null;
  let health: EndpointHealth = HEALTHY;
  let successNotedAt = 0;
  let isOver = false;
  let noted = Promise.resolve();
  let changedAt = new Date(0);

  /** One after the other, so that the last one holds. */
  async function note(succeeded: boolean): Promise<void> {
    const noting = noted.then(() => {
      const { failures, failingSince, restUntil } = health;
      const now = Date.now();
      const failingMs = failingSince === null ? null : now - failingSince;
      const restMs = restUntil === null ? null : restUntil - now;
      return noteHealth(db, endpointId, {
        failures,
        failingMs,
        restMs,
        succeeded,
        knownAt: changedAt,
      });
    });
    noted = noting.catch(() => undefined);
    await noting;
  }

  return {
    async refresh() {
      const now = Date.now();
      if (claimedAt !== null && now - claimedAt < CLAIM_ANEW_MS) return;
      claimedAt = now;
      const claimed = await claimEndpoint(db, endpointId, CLAIM_MS);
      const opened = claimed && { ...claimed, keys: await signingKeys(deps, claimed) };
      endpoint = isOver ? undefined : opened;
      // It is this session that knows how it answers, until the operator has it tried anew.
      if (!claimed || claimed.updated_at.getTime() === changedAt.getTime()) return;
      changedAt = claimed.updated_at;
      const { failures, failing_ms: failingMs, rest_ms: restMs } = claimed;
      health = {
        failures,
        failingSince: failingMs === null ? null : now - failingMs,
        restUntil: restMs === null ? null : now + restMs,
        countedAt: null,
      };
    },
    get refreshAt() {
      return claimedAt === null ? 0 : claimedAt + CLAIM_ANEW_MS;
    },
    isCurrent: ({ updated_at: known }) => known.getTime() === changedAt.getTime(),
    get open() {
      return (health.restUntil ?? 0) > Date.now() ? undefined : endpoint;
    },
    get room() {
      if (isFailing(health, pace)) return 1;
      return endpoint?.account_id === null ? pace.concurrency : pace.accountConcurrency;
    },
    get isFailing() {
      return isFailing(health, pace);
    },
    async succeeded(startedAt) {
      const now = Date.now();
      const { failures, failingSince } = health;
      const isNews = failures > 0 || now - successNotedAt >= CLAIM_ANEW_MS;
      const wasDown = isFailing(health, pace);
      health = afterSuccess(health, startedAt);
      if (!isNews) return;
      successNotedAt = now;
      await note(true);
      if (!wasDown || failingSince === null) return;
      // What had failed before that fails by itself: each time its tries would be used up, and all wait for them.
      await retryNow(db, endpointId, new Date(failingSince - pace.attemptTimeoutMs));
    },
    async failed(attempt) {
      const { statusCode, endedAt } = attempt;
      health = afterFailure(health, attempt, pace);
      const failingMs = endedAt - (health.failingSince ?? endedAt);
      await note(false);
      const reason =
        statusCode === 410 ? 'gone' : failingMs >= pace.disableAfterMs ? 'failing' : undefined;
      if (!reason) return;
      isOver = true;
      endpoint = undefined;
      if (await disableEndpoint(db, endpointId, reason, changedAt)) {
        logger.warn({ endpointId, reason }, 'endpoint disabled');
      }
    },
  };
}
