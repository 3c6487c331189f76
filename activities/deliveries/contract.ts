/*
 * The activity of the workflow that delivers to a webhook endpoint. As in ../contract.ts: ids, counts
 * and times only.
 */

export interface DeliveryRound {
  /** Milliseconds until more is due; null: nothing waits. */
  readonly waitMs: number | null;
  /** The endpoint failed again and again: what is healthy goes before it. */
  readonly isFailing: boolean;
}

export interface DeliveryActivities {
  /** Delivers what is due at an endpoint, for a minute at the most. */
  deliverDue(input: { endpointId: string }): Promise<DeliveryRound>;
}
