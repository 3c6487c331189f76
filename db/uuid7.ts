import { randomUUID } from 'node:crypto';

const MOST_IN_A_MS = 0xfff;

let lastMs = 0;
let sequence = 0;

/** A UUIDv7, as Postgres makes them. Those of one process sort in the order in which they were made. */
export function uuid7(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = 0;
  } else if (sequence < MOST_IN_A_MS) {
    sequence += 1;
  } else {
    lastMs += 1;
    sequence = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const place = sequence.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${place}${randomUUID().slice(18)}`;
}

/** The lowest UUIDv7 of this time, in milliseconds since the epoch. */
export function lowestUuid7(ms: number): string {
  const time = Math.min(Math.max(Math.floor(ms), 0), 0xffff_ffff_ffff)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
