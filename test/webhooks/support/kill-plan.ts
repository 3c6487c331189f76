import { shuffled } from './shuffled.ts';

export const MORTALS = ['api', 'worker', 'temporal', 'postgres'] as const;

export interface Kill {
  readonly what: (typeof MORTALS)[number];
  /** Of the API, which of its instances. */
  readonly instances: readonly number[];
  readonly afterMs: number;
  /** For how long it is down. */
  readonly downMs: number;
  /** Whether the next one is killed before this one stands again. */
  readonly overlaps: boolean;
}

/** Everything once, in any order, then anything at random. */
export function planKills(kills: number, random: () => number): Kill[] {
  const below = (bound: number): number => Math.floor(random() * bound);
  const first = shuffled(MORTALS, random);
  return Array.from({ length: kills }, (_, index) => ({
    what: first[index] ?? MORTALS[below(MORTALS.length)] ?? 'api',
    instances: [[0], [1], [0, 1]][below(3)] ?? [],
    afterMs: 200 + below(1_300),
    downMs: below(2_000),
    overlaps: random() < 0.3,
  }));
}
