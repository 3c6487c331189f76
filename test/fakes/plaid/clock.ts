/** Milliseconds since 1970. Everything that the fake dates comes from here. */
export interface Clock {
  now(): number;
  /** Without what was advanced: signatures are dated by it, as whoever verifies them is not moved. */
  unmoved(): number;
  /** Moves the fake's time ahead; the machine's own time goes on under it. */
  advance(milliseconds: number): void;
}

export function createClock(source: () => number = Date.now): Clock {
  let offset = 0;
  return {
    now: () => source() + offset,
    unmoved: source,
    advance(milliseconds) {
      offset += milliseconds;
    },
  };
}

/** ISO 8601 in UTC, the form of every time on the wire. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** `YYYY-MM-DD`. */
export function day(at: number): string {
  return iso(at).slice(0, 10);
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
