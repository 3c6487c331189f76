/** Wakes who waits for something to have happened. */
export interface Bell {
  ring(): void;
  /** Resolves when it has rung since it was last waited for, or at that time. */
  rungOrAt(time: number): Promise<void>;
}

export function createBell(): Bell {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    ring: () => resolve(),
    async rungOrAt(time) {
      const timer = setTimeout(() => resolve(), Math.max(time - Date.now(), 0));
      await promise;
      clearTimeout(timer);
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
  };
}
