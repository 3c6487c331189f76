import { createClock, type Clock } from '../clock.ts';
import type { ExtractionRecord } from '../extraction/record.ts';
import type { Account } from '../institution/account.ts';
import type { Customer } from '../institution/types.ts';
import type { RandomState } from '../random.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import type { Webhook } from '../webhooks/webhook.ts';

/** Everything the bank remembers across a restart. */
export interface State {
  seed: string;
  readonly clock: Clock;
  readonly randoms: Map<string, RandomState>;
  settings: Settings;
  readonly customers: Map<string, Customer>;
  readonly accounts: Map<string, Account>;
  /** Accounts per customer, in the order of creation. */
  readonly accountsOf: Map<string, Account[]>;
  readonly records: Map<string, ExtractionRecord>;
  /** In the order of creation. */
  readonly webhooks: Map<string, Webhook>;
  webhookCount: number;
  /** Counts extractions in this process, so that a list made from them can be told to be old. */
  extractions: number;
}

export function createState(seed: string): State {
  return {
    seed,
    clock: createClock(),
    randoms: new Map(),
    settings: defaultSettings,
    customers: new Map(),
    accounts: new Map(),
    accountsOf: new Map(),
    records: new Map(),
    webhooks: new Map(),
    webhookCount: 0,
    extractions: 0,
  };
}
