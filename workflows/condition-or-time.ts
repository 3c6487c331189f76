import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';

/**
 * Resolves when `isMet` is, or after `ms`. As `condition` with a time-out, which ends each wait by
 * cancelling itself: the stack trace that this takes was a tenth of a workflow's processor time.
 *
 * @param summary shown in the Temporal UI.
 */
export async function conditionOrTime(
  isMet: () => boolean,
  ms: number,
  summary: string,
): Promise<void> {
  const timer = new CancellationScope();
  let isOver = false;
  async function time(): Promise<void> {
    try {
      await timer.run(() => sleep(ms, { summary }));
      isOver = true;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }
  const over = time();
  await condition(() => isOver || isMet());
  if (!isOver) timer.cancel();
  await over;
}
