import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../../db/connect.ts';
import { recordAttempts, type DeliveryAttempt } from '../../db/deliveries/record-attempts.ts';
import { sqlStateOf } from '../../db/sql-state.ts';

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
      const { batch, rest } = split(waiting);
      waiting = rest;
      await store(batch);
    }
    isStoring = false;
  }

  /** One that Postgres refuses fails alone. */
  async function store(batch: readonly Waiting[]): Promise<void> {
    try {
      await recordAttempts(
        db,
        batch.map(({ attempt }) => attempt),
      );
    } catch (error) {
      if (batch.length > 1 && isRefusal(error)) {
        for (const one of batch) await store([one]);
        return;
      }
      for (const { attempt, onStored } of batch) onStored(attempt, error);
      return;
    }
    for (const { attempt, onStored } of batch) onStored(attempt, undefined);
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

/** Of two attempts at one delivery, the second goes with the next: a round that was thought dead may have made one. */
function split(waiting: readonly Waiting[]): { batch: Waiting[]; rest: Waiting[] } {
  const [batch, rest]: [Waiting[], Waiting[]] = [[], []];
  const deliveries = new Set<string>();
  for (const one of waiting) {
    const delivery = one.attempt.endpointId + one.attempt.eventId;
    const isTaken = batch.length < MOST_AT_ONCE && !deliveries.has(delivery);
    (isTaken ? batch : rest).push(one);
    if (isTaken) deliveries.add(delivery);
  }
  return { batch, rest };
}

/** A value that Postgres does not take (22), or a constraint (23): repeated, it fails again. */
const isRefusal = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error));
