import { createHash } from 'node:crypto';

/** The four words of an sfc32 generator. Plain data, so that it can be kept across a restart. */
export type RandomState = [number, number, number, number];

export interface Random {
  /** An integer from 0 to 4294967295. */
  word(): number;
  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** 24 hexadecimal digits, in the form of a Mongo ObjectId. */
  objectId(): string;
  /** `length` decimal digits, the first of them not 0. */
  digits(length: number): string;
}

/** The start state for a seed text: equal texts give equal sequences. */
export function seedState(seed: string): RandomState {
  const hash = createHash('sha256').update(seed).digest();
  return [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), hash.readInt32LE(12)];
}

/** An sfc32 generator that advances `state` in place. Made for test data, not for secrets. */
export function createRandom(state: RandomState): Random {
  const word = (): number => {
    const [a, b, c, counter] = state;
    const sum = (((a + b) | 0) + counter) | 0;
    state[3] = (counter + 1) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const below = (bound: number): number => Math.floor((word() / 4_294_967_296) * bound);
  const hex = (): string => word().toString(16).padStart(8, '0');
  return {
    word,
    below,
    between: (low, high) => low + below(high - low + 1),
    pick: <T>(items: readonly [T, ...T[]]): T => items[below(items.length)] ?? items[0],
    objectId: () => hex() + hex() + hex(),
    digits(length) {
      let text = String(1 + below(9));
      while (text.length < length) text += String(below(10));
      return text;
    },
  };
}
