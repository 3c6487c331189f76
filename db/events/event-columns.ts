import type { Selectable } from 'kysely';
import type { EventsTable } from '../schema.ts';

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
] as const satisfies readonly `events.${keyof EventsTable}`[];

export type EventRow = Selectable<EventsTable>;
