import type { KeyObject } from 'node:crypto';
import { claimEndpoint, type ClaimedEndpoint } from '../../db/endpoints/claim-endpoint.ts';
import { disableEndpoint } from '../../db/endpoints/disable-endpoint.ts';
import { noteHealth } from '../../db/endpoints/note-health.ts';
import { retryNow } from '../../db/endpoints/wake-endpoint.ts';
import type { ActivityDeps } from '../deps.ts';
import {
  afterFailure,
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
  'id' | 'account_id' | 'url' | 'payload'
> {
  readonly keys: readonly KeyObject[];
}

/** What is known of an endpoint while it is delivered to. */
export interface EndpointSession {
  /** Reads it, and claims it, where that is a while ago. */
  refresh(): Promise<void>;
  /** Undefined while nothing is to be sent to it. */
  readonly open: OpenEndpoint | undefined;
  /** How many requests it may have under way. */
  readonly room: number;
  /** It has failed several times in a row. */
  readonly isFailing: boolean;
  /** What one that had been failing has waited for is due at once. */
  succeeded(): Promise<void>;
  /** One that goes on failing, or says that it is gone, is disabled. */
  failed(attempt: FailedAttempt): Promise<void>;
}

export function createEndpointSession(deps: ActivityDeps, endpointId: string): EndpointSession {
  const { db, logger, deliveries } = deps;
  const { pace } = deliveries;
  let endpoint: OpenEndpoint | undefined;
  let claimedAt: number | null = null;
  let health: EndpointHealth = HEALTHY;
  let lastFailureAt: number | null = null;
  let successNotedAt = 0;

  return {
    async refresh() {
      const now = Date.now();
      const isFirst = claimedAt === null;
      if (claimedAt !== null && now - claimedAt < CLAIM_ANEW_MS) return;
      claimedAt = now;
      const claimed = await claimEndpoint(db, endpointId, CLAIM_MS);
      endpoint = claimed && { ...claimed, keys: await signingKeys(deps, claimed) };
      // Later it is this session that knows how it answers.
      if (!claimed || !isFirst) return;
      const { failures, failing_ms: failingMs, rest_ms: restMs } = claimed;
      health = {
        failures,
        failingSince: failingMs === null ? null : now - failingMs,
        restUntil: restMs === null ? null : now + restMs,
      };
    },
    get open() {
      return (health.restUntil ?? 0) > Date.now() ? undefined : endpoint;
    },
    get room() {
      return isFailing(health, pace) ? 1 : pace.concurrency;
    },
    get isFailing() {
      return isFailing(health, pace);
    },
    async succeeded() {
      const now = Date.now();
      const [hadFailed, wasDown] = [health.failures > 0, isFailing(health, pace)];
      health = HEALTHY;
      if (!hadFailed && now - successNotedAt < CLAIM_ANEW_MS) return;
      successNotedAt = now;
      const none = { failures: 0, failingMs: null, restMs: null };
      await noteHealth(db, endpointId, { ...none, succeeded: true });
      if (wasDown) await retryNow(db, endpointId);
    },
    async failed(attempt) {
      const { statusCode, endedAt } = attempt;
      health = afterFailure(health, attempt, lastFailureAt, pace);
      lastFailureAt = endedAt;
      const { failures, failingSince, restUntil } = health;
      const failingMs = endedAt - (failingSince ?? endedAt);
      const restMs = restUntil === null ? null : restUntil - endedAt;
      await noteHealth(db, endpointId, { failures, failingMs, restMs, succeeded: false });
      const reason =
        statusCode === 410 ? 'gone' : failingMs >= pace.disableAfterMs ? 'failing' : undefined;
      if (!reason) return;
      endpoint = undefined;
      if (await disableEndpoint(db, endpointId, reason)) {
        logger.warn({ endpointId, reason }, 'endpoint disabled');
      }
    },
  };
}
