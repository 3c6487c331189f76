import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { EventType } from '../config/event-type.ts';
import type { Interval } from '../config/interval.ts';
import type { Product } from '../config/product.ts';
import type { LimitedBy } from '../providers/effective-interval.ts';
import type { Decimal, LinkProgress } from '../providers/provider.ts';

type Time = ColumnType<Date, Date | string, Date | string>;
type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
/** Written as JSON text. Reading it back through JSON would lose digits: select it as text. */
type RawJson = ColumnType<never, string, string>;

export type ConnectionStatus =
  | 'linking'
  | 'active'
  | 'reauth_required'
  | 'gone'
  | 'unlinking'
  | 'unlinked';
export type AccountStatus = 'scanning' | 'active' | 'failing' | 'paused' | 'unlinked';
export type PauseReason = 'user' | 'reauth_required' | 'provider_error';
export type SyncTrigger = 'link' | 'schedule' | 'webhook' | 'manual' | 'reconcile';
export type SyncScope = 'full' | 'incremental' | 'hint' | 'webhook';
export type SyncStatus = 'running' | 'succeeded' | 'failed';
export type WebhookOutcome = 'accepted' | 'unmatched' | 'no_effect' | 'unreadable';
/** Why a request to the webhook endpoint was refused. */
export type RejectionReason = 'not_verified' | 'sender_not_allowed' | 'wrong_content_type';
/** What a webhook's effect is on: a product of the account, or the connection's consent. */
export type EffectProduct = Product | 'connection';

export interface ConnectionsTable {
  id: Generated<string>;
  provider: string;
  provider_connection_id: string;
  reference: string | null;
  institution_id: string | null;
  institution_name: string | null;
  status: Generated<ConnectionStatus>;
  status_code: string | null;
  status_changed_at: TimeDefault;
  status_as_of: Time | null;
  consent_version: Generated<number>;
  consent_changed_at: TimeDefault;
  credentials: Buffer | null;
  consent_expires_at: Time | null;
  check_requested_at: Time | null;
  check_refused_at: Time | null;
  expiry_told_for: Time | null;
  account_settings: JSONColumnType<AccountSettingsJson> | null;
  new_accounts: Generated<'offer' | 'link'>;
  accounts_checked_at: Time | null;
  linked_at: Time | null;
  unlink_requested_at: Time | null;
  unlink_data: 'keep' | 'erase' | null;
  unlink_forced: Generated<boolean>;
  erased_at: Time | null;
  created_at: TimeDefault;
  unlinked_at: Time | null;
}

/** How accounts of a connection are kept fresh when nothing else is said. */
export interface AccountSettingsJson {
  readonly interval: Interval | null;
  readonly products: readonly Product[];
  readonly webhook_url: string | null;
}

export interface OfferedAccountsTable {
  connection_id: string;
  provider_account_id: string;
  name: string | null;
  number: string | null;
  type: string | null;
  currency: string;
  offered_at: TimeDefault;
}

export interface AccountsTable {
  id: Generated<string>;
  connection_id: string;
  provider: string;
  provider_account_id: string;
  name: string | null;
  number: string | null;
  type: string | null;
  currency: string;
  paused: Generated<boolean>;
  refresh_interval: Interval | null;
  effective_interval: Interval | null;
  limited_by: LimitedBy | null;
  products: Product[];
  webhook_url: string | null;
  settings_version: Generated<number>;
  settings_changed_at: TimeDefault;
  status: Generated<AccountStatus>;
  pause_reason: PauseReason | null;
  status_changed_at: TimeDefault;
  confirmed_settings_version: Generated<number>;
  confirmed_consent_version: Generated<number>;
  stage_id: string | null;
  stale_since: Time | null;
  /** A bigint, as text. */
  event_sequence: ColumnType<string, never, never>;
  nudged_at: Time | null;
  nudge_tried_at: Time | null;
  next_sync_at: Time | null;
  balance_synced_at: Time | null;
  balance_as_of: Time | null;
  balance_error_code: string | null;
  transactions_synced_at: Time | null;
  transactions_as_of: Time | null;
  transactions_error_code: string | null;
  transactions_preparing: Generated<boolean>;
  created_at: TimeDefault;
  unlinked_at: Time | null;
}

export interface BalancesTable {
  account_id: string;
  available: Decimal | null;
  current: Decimal | null;
  credit_limit: Decimal | null;
  currency: string;
  data_as_of: Time;
  source: 'fetch' | 'webhook';
  raw: RawJson;
  changed_at: TimeDefault;
  sync_run_id: string;
}

export interface BalanceHistoryTable {
  id: Generated<string>;
  account_id: string;
  available: Decimal | null;
  current: Decimal | null;
  credit_limit: Decimal | null;
  currency: string;
  data_as_of: Time;
  recorded_at: TimeDefault;
  sync_run_id: string;
}

export interface TransactionsTable {
  id: Generated<string>;
  account_id: string;
  provider_transaction_id: string;
  status: 'pending' | 'posted';
  amount: Decimal;
  currency: string;
  description: string | null;
  counterparty: string | null;
  category: string | null;
  transacted_at: Time;
  booked_at: Time | null;
  running_balance: Decimal | null;
  pending_provider_transaction_id: string | null;
  matched_by: 'provider' | 'likeness' | null;
  value_date: ColumnType<string | null, string | null, string | null>;
  booked_date: ColumnType<string | null, never, never>;
  provider_updated_at: Time | null;
  removed_at: Time | null;
  fingerprint: string | null;
  raw: RawJson;
  first_seen_at: TimeDefault;
  changed_at: TimeDefault;
  sync_run_id: string;
}

export interface TransactionStageTable extends Omit<
  TransactionsTable,
  | 'id'
  | 'matched_by'
  | 'booked_date'
  | 'removed_at'
  | 'first_seen_at'
  | 'changed_at'
  | 'sync_run_id'
> {
  stage_id: string;
  ordinal: Generated<string>;
}

export interface TransactionChangesTable {
  id: Generated<string>;
  transaction_id: string;
  kind: 'changed' | 'removed' | 'restored';
  /** From a field's name to [before, after]. */
  fields: JSONColumnType<Record<string, [unknown, unknown]>>;
  changed_at: TimeDefault;
  sync_run_id: string;
}

export interface QuarantinedItemsTable {
  id: Generated<string>;
  account_id: string;
  product: Product;
  provider_id: string | null;
  reason: string;
  raw: string;
  fingerprint: Buffer;
  first_seen_at: TimeDefault;
  last_seen_at: TimeDefault;
  sync_run_id: string;
}

export interface SyncRunsTable {
  id: string;
  account_id: string;
  product: Product;
  triggers: SyncTrigger[];
  scope: SyncScope;
  status: Generated<SyncStatus>;
  attempts: Generated<number>;
  started_at: TimeDefault;
  finished_at: Time | null;
  data_as_of: Time | null;
  fetched: Generated<number>;
  added: Generated<number>;
  changed: Generated<number>;
  removed: Generated<number>;
  webhooks: Generated<number>;
  quarantined: Generated<number>;
  /** A bigint, as text. */
  change_position: ColumnType<string | null, never, string>;
  error_kind: string | null;
  error_code: string | null;
}

export interface SyncCursorsTable {
  account_id: string;
  product: Product;
  cursor: JSONColumnType<object> | null;
  full_at: Time;
  updated_at: TimeDefault;
}

export interface InboundWebhooksTable {
  id: Generated<string>;
  provider: string;
  dedupe_key: string;
  type: string;
  occurred_at: Time | null;
  received_at: TimeDefault;
  provider_connection_id: string | null;
  provider_account_id: string | null;
  body: Buffer | null;
  body_sealed: Generated<boolean>;
  body_bytes: number;
  redacted_at: Time | null;
  outcome: WebhookOutcome;
  understood: Generated<boolean>;
  replays: Generated<number>;
  replayed_at: Time | null;
}

export interface RejectedWebhooksTable {
  id: string;
  provider: string;
  reason: RejectionReason;
  sender: string | null;
  content_type: string | null;
  user_agent: string | null;
  header_names: string[];
  body: Buffer | null;
  body_sealed: Generated<boolean>;
  body_bytes: number;
  received_at: TimeDefault;
}

export interface WebhookEffectsTable {
  webhook_id: string;
  account_id: string;
  product: EffectProduct;
  signalled_at: Time | null;
  tried_at: Time | null;
  applied_at: Time | null;
  sync_run_id: string | null;
}

export type LinkSessionStatus = 'open' | 'finished' | 'exited' | 'expired' | 'failed';

export interface LinkSessionsTable {
  id: Generated<string>;
  provider: string;
  connection_id: string | null;
  reference: string | null;
  account_settings: JSONColumnType<AccountSettingsJson> | null;
  new_accounts: 'offer' | 'link' | null;
  session_hash: Buffer;
  secret: Buffer | null;
  status: Generated<LinkSessionStatus>;
  status_code: string | null;
  told: Generated<LinkProgress['state']>;
  expires_at: Time;
  created_at: TimeDefault;
  ended_at: Time | null;
}

export interface LinkSessionLinksTable {
  link_session_id: string;
  link_hash: Buffer;
  status: Generated<'exchanging' | 'exchanged' | 'failed'>;
  attempts: Generated<number>;
  connection_id: string | null;
  error_code: string | null;
  created_at: TimeDefault;
}

export interface LinkWebhooksTable {
  webhook_id: string;
  provider: string;
  session_hash: Buffer;
  tried_at: Time | null;
  applied_at: Time | null;
}

export interface EventsTable {
  id: Generated<string>;
  type: EventType;
  connection_id: string | null;
  account_id: string | null;
  /** A bigint, as text. */
  sequence: ColumnType<string | null, never, never>;
  sync_run_id: string | null;
  triggers: SyncTrigger[] | null;
  added: string[] | null;
  changed: string[] | null;
  removed: string[] | null;
  data: JSONColumnType<object, object | string | undefined>;
  created_at: TimeDefault;
}

/** What the body of a delivery holds: the resource, or what is needed to query it. */
export type EndpointPayload = 'full' | 'ids';
export type EndpointStatus = 'enabled' | 'disabled';
export type DisabledReason = 'operator' | 'gone' | 'failing';
export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

export interface WebhookEndpointsTable {
  id: Generated<string>;
  account_id: string | null;
  url: string;
  description: string | null;
  event_types: EventType[] | null;
  payload: Generated<EndpointPayload>;
  unchanged: Generated<boolean>;
  status: Generated<EndpointStatus>;
  disabled_reason: DisabledReason | null;
  status_changed_at: TimeDefault;
  secret: Buffer | null;
  old_secret: Buffer | null;
  old_secret_until: Time | null;
  failures: Generated<number>;
  failing_since: Time | null;
  rest_until: Time | null;
  last_success_at: Time | null;
  last_failure_at: Time | null;
  delivering_until: Time | null;
  created_at: TimeDefault;
  updated_at: TimeDefault;
  deleted_at: Time | null;
}

export interface DeliveriesTable {
  endpoint_id: string;
  event_id: string;
  status: Generated<DeliveryStatus>;
  attempts: Generated<number>;
  tries: Generated<number>;
  next_attempt_at: Time | null;
  last_attempt_at: Time | null;
  last_status_code: number | null;
  last_error_code: string | null;
  ended_at: Time | null;
}

export interface DeliveryAttemptsTable {
  endpoint_id: string;
  event_id: string;
  number: number;
  started_at: Time;
  latency_ms: number;
  status_code: number | null;
  error_code: string | null;
  response_start: string | null;
}

export interface DeliveryWakesTable {
  endpoint_id: string;
}

export interface ProviderBudgetsTable {
  key: string;
  arrival: Time;
}

export interface PaidCallsTable {
  id: string;
  provider: string;
  call: string;
  connection_id: string | null;
  account_id: string | null;
  sync_run_id: string | null;
  called_at: TimeDefault;
  day: ColumnType<string, never, never>;
}

export interface PaidCallsByDayView {
  day: ColumnType<string, never, never>;
  provider: ColumnType<string, never, never>;
  call: ColumnType<string, never, never>;
  /** A bigint, as text. */
  calls: ColumnType<string, never, never>;
}

export interface ApiKeysTable {
  id: Generated<string>;
  name: string;
  prefix: string;
  hash: Buffer;
  created_at: TimeDefault;
  revoked_at: Time | null;
}

export interface IdempotencyKeysTable {
  api_key_id: string;
  key: string;
  request_hash: Buffer;
  response_status: number | null;
  response_body: string | null;
  created_at: TimeDefault;
}

/**
 * Every table of Freshet, and what views it reads itself, as Kysely sees it. The columns' meaning is in the database's own
 * comments.
 */
export interface Schema {
  connections: ConnectionsTable;
  accounts: AccountsTable;
  offered_accounts: OfferedAccountsTable;
  balances: BalancesTable;
  balance_history: BalanceHistoryTable;
  transactions: TransactionsTable;
  transaction_stage: TransactionStageTable;
  transaction_changes: TransactionChangesTable;
  quarantined_items: QuarantinedItemsTable;
  sync_runs: SyncRunsTable;
  sync_cursors: SyncCursorsTable;
  inbound_webhooks: InboundWebhooksTable;
  rejected_webhooks: RejectedWebhooksTable;
  webhook_effects: WebhookEffectsTable;
  link_sessions: LinkSessionsTable;
  link_session_links: LinkSessionLinksTable;
  link_webhooks: LinkWebhooksTable;
  events: EventsTable;
  webhook_endpoints: WebhookEndpointsTable;
  deliveries: DeliveriesTable;
  delivery_attempts: DeliveryAttemptsTable;
  delivery_wakes: DeliveryWakesTable;
  provider_budgets: ProviderBudgetsTable;
  paid_calls: PaidCallsTable;
  paid_calls_by_day: PaidCallsByDayView;
  api_keys: ApiKeysTable;
  idempotency_keys: IdempotencyKeysTable;
}
