import { CancellationScope, isCancellation, setHandler } from '@temporalio/workflow';
import type { SignalDefinition } from '@temporalio/workflow';

/** A workflow that begins anew when it is signalled, also out of the back-off of an activity. */
export interface Interruptions {
  /** Does the work until it was not interrupted. */
  repeat(work: () => Promise<void>): Promise<void>;
  /** Runs a part of it that an interruption cancels. */
  interruptible<T>(part: () => Promise<T>): Promise<T>;
}

export function createInterruptions(signal: SignalDefinition): Interruptions {
  let isAsked = false;
  let scope: CancellationScope | null = null;
  setHandler(signal, () => {
    isAsked = true;
    scope?.cancel();
  });
  return {
    async repeat(work) {
      do {
        isAsked = false;
        try {
          await work();
        } catch (error) {
          if (!isAsked || !isCancellation(error)) throw error;
        }
      } while (isAsked);
    },
    async interruptible(part) {
      scope = new CancellationScope();
      try {
        return await scope.run(part);
      } finally {
        scope = null;
      }
    },
  };
}
