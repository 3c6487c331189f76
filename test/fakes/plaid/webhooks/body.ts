import type {
  DefaultUpdateWebhook,
  HistoricalUpdateWebhook,
  InitialUpdateWebhook,
  ItemAddResultWebhook,
  ItemErrorWebhook,
  ItemLoginRepairedWebhook,
  LinkEventsWebhook,
  LinkSessionFinishedWebhook,
  NewAccountsAvailableWebhook,
  PendingDisconnectWebhook,
  PendingExpirationWebhook,
  SyncUpdatesAvailableWebhook,
  TransactionsRemovedWebhook,
  UserAccountRevokedWebhook,
  UserPermissionRevokedWebhook,
  WebhookUpdateAcknowledgedWebhook,
} from 'plaid';
import type { Wire } from '../wire.ts';

/** Any of the webhooks that the fake sends, as `plaid` declares them. */
export type WebhookBody = Wire<
  | DefaultUpdateWebhook
  | HistoricalUpdateWebhook
  | InitialUpdateWebhook
  | ItemAddResultWebhook
  | ItemErrorWebhook
  | ItemLoginRepairedWebhook
  | LinkEventsWebhook
  | LinkSessionFinishedWebhook
  | NewAccountsAvailableWebhook
  | PendingDisconnectWebhook
  | PendingExpirationWebhook
  | SyncUpdatesAvailableWebhook
  | TransactionsRemovedWebhook
  | UserAccountRevokedWebhook
  | UserPermissionRevokedWebhook
  | WebhookUpdateAcknowledgedWebhook
>;

/**
 * "The SHA-256 is sensitive to the whitespace in the webhook body and uses a tab-spacing of 2"
 * (docs/api/webhooks/webhook-verification).
 */
export function webhookText(body: object): string {
  return JSON.stringify(body, null, 2);
}
