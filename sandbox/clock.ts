/** How the bank's clock runs: frozen at a moment, or the machine's own clock with an offset. */
export interface ClockState {
  frozenAt: number | null;
  offsetMs: number;
  /** The last moment handed out by `tick`. */
  lastTick: number;
}

export interface Clock {
  readonly state: Readonly<ClockState>;
  now(): number;
  /**
   * A moment later than every one handed out before, so that no two changes carry the same time and
   * "newer" is always decided. With a frozen clock, each tick is a millisecond after the one
   * before.
   */
  tick(): number;
  /** Freezes the clock at a moment. False, and nothing done, when that is before the last tick. */
  freeze(at: number): boolean;
  /** Moves the clock ahead, frozen or not. */
  advance(milliseconds: number): void;
  /**
   * Goes back to the machine's clock. False, and nothing done, when that is before the last tick.
   */
  followMachine(): boolean;
  restore(state: ClockState): void;
}

/** A clock that starts on the machine's time. */
export function createClock(): Clock {
  const state: ClockState = { frozenAt: null, offsetMs: 0, lastTick: 0 };
  const now = (): number => state.frozenAt ?? Date.now() + state.offsetMs;
  return {
    state,
    now,
    tick() {
      state.lastTick = Math.max(now(), state.lastTick + 1);
      return state.lastTick;
    },
    freeze(at) {
      if (at < state.lastTick) return false;
      state.frozenAt = at;
      return true;
    },
    advance(milliseconds) {
      if (state.frozenAt === null) state.offsetMs += milliseconds;
      // A tick may have run ahead of a frozen clock.
      else state.frozenAt = Math.max(state.frozenAt, state.lastTick) + milliseconds;
    },
    followMachine() {
      if (Date.now() < state.lastTick) return false;
      state.frozenAt = null;
      state.offsetMs = 0;
      return true;
    },
    restore(saved) {
      Object.assign(state, saved);
    },
  };
}

/** ISO 8601 in UTC with milliseconds, the form of every time on the wire. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}
