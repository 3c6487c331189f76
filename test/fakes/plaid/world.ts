import type { BankAccount, BankInstitution, BankTransaction, Login } from './bank/types.ts';
import type { CallLog } from './call-log.ts';
import type { Clock } from './clock.ts';
import type { PlaidErrorCode } from './errors/codes.ts';
import type { Faults } from './faults.ts';
import type { Item } from './items/types.ts';
import type { LinkToken, PublicToken } from './link/types.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Settings } from './settings.ts';
import type { BeforePage } from './sync/before-page.ts';
import type { Outbox } from './webhooks/outbox.ts';
import type { WebhookKeys } from './webhooks/keys.ts';

export type Environment = 'sandbox' | 'production';

/** All that a running fake knows. */
export interface World {
  readonly clientId: string;
  readonly secret: string;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly institutions: Map<string, BankInstitution>;
  /** The institutions that answer nothing but this. */
  readonly outages: Map<string, PlaidErrorCode>;
  readonly logins: Map<string, Login>;
  readonly bankAccounts: Map<string, BankAccount>;
  readonly bankTransactions: Map<string, BankTransaction>;
  readonly items: Map<string, Item>;
  readonly linkTokens: Map<string, LinkToken>;
  readonly publicTokens: Map<string, PublicToken>;
  readonly keys: WebhookKeys;
  readonly outbox: Outbox;
  readonly faults: Faults;
  readonly limits: RateLimits;
  readonly calls: CallLog;
  beforePage: BeforePage | null;
}
