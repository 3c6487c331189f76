import type { Round } from './repair.ts';

/** Rows of one statement: few enough that nothing waits long for it. */
const BATCH = 1_000;
const MOST_BATCHES = 10;

/**
 * Does the work batch by batch, as long as there is a full one, and some batches at the most. Answers with how many
 * rows were dealt with.
 *
 * @param work deals with at most so many rows, and answers with how many it were.
 */
export async function inBatches(
  round: Round,
  work: (most: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    let rows = 0;
    await round.each([batch], async () => {
      rows = await work(BATCH);
    });
    total += rows;
    if (rows < BATCH) break;
  }
  return total;
}
