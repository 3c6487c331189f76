import { setTimeout as sleep } from 'node:timers/promises';
import type { KillableFreshet } from './killable-freshet.ts';
import type { Kill } from './kill-plan.ts';

/**
 * Kills what the plan says, and starts it again; resolves when everything stands.
 * @param before called before each kill, and not waited for.
 */
export async function playKills(
  { concerned }: Pick<KillableFreshet, 'concerned'>,
  plan: readonly Kill[],
  before: (index: number) => void,
): Promise<void> {
  const restarts = new Map<string, Promise<unknown>>();
  for (const [index, kill] of plan.entries()) {
    const mortals = concerned(kill);
    before(index);
    await sleep(kill.afterMs);
    // What is still on its way up cannot be killed.
    await Promise.all(mortals.map(({ name }) => restarts.get(name)));
    await Promise.all(mortals.map((one) => one.kill()));
    for (const one of mortals) {
      restarts.set(
        one.name,
        sleep(kill.downMs).then(() => one.start()),
      );
    }
    if (!kill.overlaps) await Promise.all(mortals.map(({ name }) => restarts.get(name)));
  }
  await Promise.all(restarts.values());
}
