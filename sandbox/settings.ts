import type { WebhookTarget } from './institution/types.ts';

/** How webhooks are delivered. */
export interface DeliverySettings {
  /** `hold` keeps them until they are released; `drop` loses them. */
  readonly mode: 'normal' | 'hold' | 'drop';
  /** Waited before the first attempt. */
  readonly delayMs: number;
  /** How many more times each one is delivered. */
  readonly duplicate: number;
  /** Delivers in a shuffled order rather than in the order of creation. */
  readonly shuffle: boolean;
  /** The first pause before a retry; the later ones are 5, 30 and 60 times as long. */
  readonly retryBaseMs: number;
  /** How long a receiver may take to answer. */
  readonly timeoutMs: number;
}

/** What the bank does by itself. */
export interface ActivitySettings {
  readonly accounts: readonly string[] | 'all';
  readonly everyMs: number;
  /** Transactions posted at each turn. */
  readonly count: number;
  /** How many in a hundred of the new transactions are pending at first. */
  readonly pendingPercent: number;
  readonly webhooks: 'send' | 'withhold';
}

export interface Settings {
  /** How long a refresh takes, in real time. */
  readonly processingMs: number;
  /** Whether a finished refresh is also announced by webhooks. */
  readonly refreshWebhooks: boolean;
  readonly target: WebhookTarget | null;
  readonly delivery: DeliverySettings;
  readonly activity: ActivitySettings | null;
}

export const defaultSettings: Settings = {
  processingMs: 150,
  refreshWebhooks: false,
  target: null,
  delivery: {
    mode: 'normal',
    delayMs: 0,
    duplicate: 0,
    shuffle: false,
    retryBaseMs: 1000,
    timeoutMs: 10_000,
  },
  activity: null,
};
