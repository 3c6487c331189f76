/** A clock that a test can move. */
export interface Clock {
  now(): number;
  advance(milliseconds: number): void;
}

export function createClock(base: () => number): Clock {
  let offset = 0;
  return {
    now: () => base() + offset,
    advance(milliseconds) {
      offset += milliseconds;
    },
  };
}

/** ISO 8601 in UTC with milliseconds, the form of every time on the wire. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}
