/** What can be told of a connection or an account, by the names that the API gives. */
export const EVENT_TYPES = [
  'connection.linked',
  'connection.accounts_offered',
  'connection.unlinked',
  'account.paused',
  'account.resumed',
  'account.reauth_required',
  'account.recovered',
  'account.stale',
  'account.unlinked',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
