import { setTimeout as sleep } from 'node:timers/promises';
import type { BankSender } from './bank-sender.ts';
import { randomFrom } from '../../support/random.ts';
import { shuffled } from './shuffled.ts';

/** Webhooks that wait to be sent: in any order, some twice, some much later than others. */
export interface Postbag {
  /** Takes one up, for this round or a later one; for the next one where that has begun. */
  add(body: string, round: number): void;
  /** Sends those of the next round. */
  send(): void;
  /** Resolves when all that was sent is acknowledged. */
  delivered(): Promise<void>;
}

const LATE = 0.15;
const TWICE = 0.2;
/** Those of one round are sent within so long. */
const SPREAD_MS = 2_000;

export function createPostbag(
  sender: BankSender,
  lastRound: number,
  random: () => number,
): Postbag {
  const rounds: string[][] = Array.from({ length: lastRound + 1 }, () => []);
  const sent: Promise<void>[] = [];
  let next = 0;
  const laterThan = (round: number): number =>
    Math.min(round + 1 + Math.floor(random() * (lastRound - round)), lastRound);

  async function deliver(body: string, afterMs: number): Promise<void> {
    await sleep(afterMs);
    await sender.deliver(body);
  }

  return {
    add(body, round) {
      const earliest = Math.max(round, next);
      const first = random() < LATE ? laterThan(earliest) : earliest;
      rounds[first]?.push(body);
      if (random() >= TWICE) return;
      const second = random() < 0.5 ? first : laterThan(first);
      rounds[second]?.push(body);
    },
    send() {
      // Not the same as for what is added, so that this does not depend on what comes first.
      const ofRound = randomFrom(next);
      for (const body of shuffled(rounds[next] ?? [], ofRound)) {
        sent.push(deliver(body, ofRound() * SPREAD_MS));
      }
      next += 1;
    },
    async delivered() {
      await Promise.all(sent);
    },
  };
}
