import { setTimeout as sleep } from 'node:timers/promises';
import type { BankSender } from './bank-sender.ts';
import { randomFrom } from '../../support/random.ts';
import { shuffled } from './shuffled.ts';

/** Webhooks that wait to be sent: in any order, some more than once, some much later than others. */
export interface Postbag {
  /**
   * Takes one up, for this round or a later one; for the next one where that has begun.
   * @param copies how often it is sent: where not given, once or twice.
   */
  add(body: string, round: number, copies?: number): void;
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
  sender: Pick<BankSender, 'deliver'>,
  { lastRound, seed }: { readonly lastRound: number; readonly seed: number },
): Postbag {
  const random = randomFrom(seed);
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
    add(body, round, copies = random() < TWICE ? 2 : 1) {
      const earliest = Math.max(round, next);
      let at = random() < LATE ? laterThan(earliest) : earliest;
      for (let copy = 0; copy < copies; copy++) {
        if (copy > 0 && random() < 0.5) at = laterThan(at);
        rounds[at]?.push(body);
      }
    },
    send() {
      // Not the same as for what is added, so that this does not depend on what comes first.
      const ofRound = randomFrom(seed + 1 + next);
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
