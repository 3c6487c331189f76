import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../../support/random.ts';
import type { Mood, MoodyReceiver } from './moody-receiver.ts';

const LONGEST_MS = 5_000;

/**
 * Changes the mood of a receiver at random, between well and these, until `over` aborts: then it is well for
 * good. Resolves then.
 */
export async function playMoods(
  receiver: MoodyReceiver,
  moods: readonly Mood[],
  { seed, over }: { readonly seed: number; readonly over: AbortSignal },
): Promise<void> {
  const random = randomFrom(seed);
  while (!over.aborted && moods.length > 0) {
    const isWell = random() < 0.3;
    const mood = moods[Math.floor(random() * moods.length)] ?? 'well';
    await receiver.mood(isWell ? 'well' : mood);
    await sleep(200 + random() * LONGEST_MS, undefined, { signal: over }).catch(() => undefined);
  }
  await receiver.mood('well');
}
