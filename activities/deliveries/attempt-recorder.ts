import type { Database } from '../../db/connect.ts';
import { recordAttempts, type DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';

/** Stores attempts in the background, those that end meanwhile together in the next statement. */
export interface AttemptRecorder {
  add(attempt: DeliveryAttempt): void;
  /** The events whose attempts are not stored yet. */
  unstored(): readonly string[];
  /** Resolves when all are stored. Rejects where that fails: they will be made again. */
  settled(): Promise<void>;
}

export function createAttemptRecorder(
  db: Database,
  endpointId: string,
  onStored: () => void,
): AttemptRecorder {
  let waiting: DeliveryAttempt[] = [];
  let storing: DeliveryAttempt[] = [];
  let work: Promise<void> | null = null;
  let failure: { readonly error: unknown } | null = null;

  async function storeAll(): Promise<void> {
    while (waiting.length > 0 && !failure) {
      storing = waiting;
      waiting = [];
      try {
        await recordAttempts(db, endpointId, storing);
      } catch (error) {
        failure = { error };
      }
      storing = [];
      onStored();
    }
    work = null;
  }

  return {
    add(attempt) {
      waiting.push(attempt);
      work ??= storeAll();
    },
    unstored: () => [...waiting, ...storing].map(({ eventId }) => eventId),
    async settled() {
      await work;
      if (failure) throw failure.error;
    },
  };
}
