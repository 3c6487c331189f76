/** Work that goes on beside its owner's. */
export interface Background {
  run(work: Promise<void>): void;
  readonly hasFailed: boolean;
  /** Throws the first error. */
  throwIfFailed(): void;
  /** Resolves when all has ended, however. */
  ended(): Promise<void>;
}

/** @param onEnd called when one has ended. */
export function createBackground(onEnd: () => void): Background {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  return {
    run(work) {
      const done = work
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          running.delete(done);
          onEnd();
        });
      running.add(done);
    },
    get hasFailed() {
      return failure !== null;
    },
    throwIfFailed() {
      if (failure) throw failure.error;
    },
    async ended() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
