import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import { recordAttempts, type DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';

/** Called when an attempt is stored; with an error where that failed: it will be made again. */
export type OnStored = (attempt: DeliveryAttempt, error: unknown) => void;

/** Stores the attempts of a process, those at all endpoints that end within a moment together. */
export interface AttemptRecorder {
  store(attempt: DeliveryAttempt, onStored: OnStored): void;
}

/** How long an attempt waits for others. One that a crash takes away meanwhile is made again. */
const GATHER_MS = 40;
const MOST_AT_ONCE = 500;

interface Waiting {
  readonly attempt: DeliveryAttempt;
  readonly onStored: OnStored;
}

export function createAttemptRecorder(db: Database): AttemptRecorder {
  let waiting: Waiting[] = [];
  let isStoring = false;

  async function storeAll(): Promise<void> {
    while (waiting.length > 0) {
      if (waiting.length < MOST_AT_ONCE) await delay(GATHER_MS);
      const batch = nextOfEach(waiting).slice(0, MOST_AT_ONCE);
      const isTaken = new Set(batch);
      waiting = waiting.filter((one) => !isTaken.has(one));
      const attempts = batch.map(({ attempt }) => attempt);
      const error = await recordAttempts(db, attempts).catch((error: unknown) => ({ error }));
      for (const { attempt, onStored } of batch) onStored(attempt, error?.error);
    }
    isStoring = false;
  }

  return {
    store(attempt, onStored) {
      waiting.push({ attempt, onStored });
      if (isStoring) return;
      isStoring = true;
      void storeAll();
    },
  };
}

/**
 * The first of each delivery. A round that Temporal takes for dead may go on for a while beside the one that
 * follows it, and both have an attempt at the same delivery: one after the other, so that both count.
 */
function nextOfEach(waiting: readonly Waiting[]): Waiting[] {
  const first = new Map<string, Waiting>();
  for (const one of waiting) {
    const { endpointId, eventId } = one.attempt;
    const delivery = `${endpointId} ${eventId}`;
    if (!first.has(delivery)) first.set(delivery, one);
  }
  return [...first.values()];
}
