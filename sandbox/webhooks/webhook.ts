/**
 * `held`: waits for a release. `waiting`: an attempt is due or under way. `dropped`: lost on
 * purpose. `no_target`: there was no address to send it to. `failed`: every retry of 24 hours was
 * in vain.
 */
export type WebhookState = 'held' | 'waiting' | 'delivered' | 'dropped' | 'no_target' | 'failed';

export interface Attempt {
  readonly at: number;
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly error: string | null;
}

export interface Progress {
  readonly state: WebhookState;
  readonly attempts: number;
  readonly lastAttempt: Attempt | null;
}

/** A webhook in the outbox. Its body is fixed when it is made, so one delivered late is stale. */
export interface Webhook {
  readonly id: string;
  /** Counts from 1 in the order of creation. */
  readonly number: number;
  readonly code: string;
  readonly customerId: string;
  readonly accountId: string | null;
  readonly record: string;
  readonly createdAt: number;
  readonly body: string;
  readonly duplicateOf: string | null;
  /** Where to deliver it instead of the configured target. */
  readonly url: string | null;
  progress: Progress;
}
