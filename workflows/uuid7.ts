import { uuid4 } from '@temporalio/workflow';

/**
 * A UUIDv7 from the workflow's own clock and randomness: sorted by time, and the same on every
 * replay.
 */
export function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${uuid4().slice(15)}`;
}
