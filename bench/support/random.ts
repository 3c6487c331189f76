import { randomFrom } from '../../test/support/random.ts';

export interface Random {
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  hex(digits: number): string;
}

/** Equal seeds give equal sequences. */
export function createRandom(seed: number): Random {
  const next = randomFrom(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    hex(digits) {
      let text = '';
      while (text.length < digits)
        text += below(2 ** 32)
          .toString(16)
          .padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}
