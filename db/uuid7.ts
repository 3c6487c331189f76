import { randomUUID } from 'node:crypto';

/** A UUIDv7, as Postgres makes them: sorted by the time at which it was made. */
export function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
