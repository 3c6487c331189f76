/** What can be told, by the names that the API gives. */
export const EVENT_TYPES = [
  'balance.success',
  'balance.failed',
  'transaction.success',
  'transaction.failed',
  'account.linked',
  'account.paused',
  'account.resumed',
  'account.reauth_required',
  'account.recovered',
  'account.stale',
  'account.unlinked',
  'connection.linked',
  'connection.accounts_offered',
  'connection.expiring',
  'connection.unlinked',
  'link_session.ended',
  'endpoint.disabled',
  'webhook.test',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
