import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import { recordAttempts, type DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';

/** Stores the attempts of a process, those at all endpoints that end within a moment together. */
export interface AttemptRecorder {
  /** Resolves when it is stored. Rejects where that fails: the attempt will be made again. */
  store(attempt: DeliveryAttempt): Promise<void>;
}

/** How long an attempt waits for others. One that a crash takes away meanwhile is made again. */
const GATHER_MS = 40;
const MOST_AT_ONCE = 500;

interface Waiting {
  readonly attempt: DeliveryAttempt;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createAttemptRecorder(db: Database): AttemptRecorder {
  let waiting: Waiting[] = [];
  let isStoring = false;

  async function storeAll(): Promise<void> {
    while (waiting.length > 0) {
      if (waiting.length < MOST_AT_ONCE) await delay(GATHER_MS);
      const batch = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      try {
        await recordAttempts(
          db,
          batch.map(({ attempt }) => attempt),
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isStoring = false;
  }

  return {
    store(attempt) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ attempt, resolve, reject });
      if (!isStoring) {
        isStoring = true;
        void storeAll();
      }
      return promise;
    },
  };
}
