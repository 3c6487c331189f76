/** An event as it is stored. */
export const EVENT_COLUMNS = [
  'events.id',
  'events.type',
  'events.connection_id',
  'events.account_id',
  'events.sequence',
  'events.sync_run_id',
  'events.triggers',
  'events.added',
  'events.changed',
  'events.removed',
  'events.data',
  'events.created_at',
] as const;
