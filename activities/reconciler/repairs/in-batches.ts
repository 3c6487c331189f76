import type { DealtWith } from '../../../db/webhooks/dealt-with.ts';
import type { Round } from './repair.ts';

/** Rows of one statement: few enough that nothing waits long for it. */
const BATCH = 1_000;

/**
 * Does the work batch by batch, each behind the one before, for as long as there is a full one and the round has
 * time. Answers with how many rows were dealt with.
 *
 * @param work deals with at most so many rows, behind the key that the last call ended at.
 */
export async function inBatches<Key>(
  round: Round,
  work: (batch: { readonly most: number; readonly after: Key | null }) => Promise<DealtWith<Key>>,
): Promise<number> {
  let total = 0;
  let after = null as Key | null;
  for (;;) {
    let rows = 0;
    await round.each([after], async (key) => {
      const done = await work({ most: BATCH, after: key });
      ({ rows, last: after } = done);
    });
    total += rows;
    if (rows < BATCH) return total;
  }
}
