/** How events are delivered. All times in milliseconds. Tests pass a faster one. */
export interface DeliveryPace {
  /** The waits between the attempts at a delivery. It is given up when there is none left. */
  readonly retryDelaysMs: readonly number[];
  /** Each wait is longer by up to this share of it. */
  readonly jitter: number;
  /** A receiver has to answer within this. */
  readonly attemptTimeoutMs: number;
  /** Requests under way to one endpoint. */
  readonly concurrency: number;
  /** To an account's own endpoint: many of them may share one receiver. */
  readonly accountConcurrency: number;
  /** How long the events of an account wait for an earlier one that is under way, to keep their order. */
  readonly orderWaitMs: number;
  /** After so many failures in a row an endpoint rests between attempts, and has one at a time. */
  readonly failuresToRest: number;
  /** The first rest; doubled with each further failure. */
  readonly firstRestMs: number;
  readonly longestRestMs: number;
  /** An endpoint that has been failing for so long is disabled. */
  readonly disableAfterMs: number;
  /** An activity delivers for so long, at the most. */
  readonly roundMs: number;
  /** It waits so long for more before it ends. */
  readonly lingerMs: number;
  /** As long at an account's own endpoint, which hears of little. */
  readonly accountLingerMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The delays are those that the Standard Webhooks specification recommends. */
export const DELIVERY_PACE: DeliveryPace = {
  retryDelaysMs: [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
  ],
  jitter: 0.1,
  attemptTimeoutMs: 15 * SECOND,
  concurrency: 16,
  accountConcurrency: 2,
  orderWaitMs: 2 * SECOND,
  failuresToRest: 3,
  firstRestMs: 5 * SECOND,
  longestRestMs: 5 * MINUTE,
  disableAfterMs: 5 * 24 * HOUR,
  roundMs: 4 * MINUTE,
  lingerMs: 10 * SECOND,
  accountLingerMs: SECOND,
};
