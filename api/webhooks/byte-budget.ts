import { noRoom } from './overloaded.ts';

/** What one request may take of the memory that all of them share. */
export interface ByteLease {
  /** Throws `Overloaded` where there is no room for so many more. */
  take(bytes: number): void;
  end(): void;
}

export interface ByteBudget {
  /** Throws `Overloaded` where there is no room for another request. */
  lease(): ByteLease;
}

/** What a request costs beside its body. */
const REQUEST_BYTES = 2 * 1024;
/** Larger ones leave a quarter free: a few that are large and slow cannot keep out the many that are not. */
const SMALL_BYTES = 18 * 1024;
const FREE_OF_LARGE = 1 / 4;

/** Bounds the memory of all requests under way together, by what has come of them, not by what they announce. */
export function createByteBudget(mostBytes: number): ByteBudget {
  let taken = 0;
  return {
    lease() {
      let held = 0;
      const take = (bytes: number): void => {
        const isSmall = held + bytes <= SMALL_BYTES;
        const most = isSmall ? mostBytes : mostBytes * (1 - FREE_OF_LARGE);
        if (taken + bytes > most) throw noRoom();
        held += bytes;
        taken += bytes;
      };
      take(REQUEST_BYTES);
      return {
        take,
        end() {
          taken -= held;
          held = 0;
        },
      };
    },
  };
}
