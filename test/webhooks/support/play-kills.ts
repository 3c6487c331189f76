import { setTimeout as sleep } from 'node:timers/promises';
import type { KillableFreshet } from './killable-freshet.ts';
import type { Kill } from './kill-plan.ts';
import type { Mortal } from './mortal.ts';

/**
 * Kills what the plan says, and starts it again; resolves when everything stands.
 * @param before called before each kill, and not waited for.
 */
export async function playKills(
  { concerned }: Pick<KillableFreshet, 'concerned'>,
  plan: readonly Kill[],
  before: (index: number) => void,
): Promise<void> {
  const restarts = new Map<Mortal, Promise<void>>();
  const standing = async (mortals: readonly Mortal[]): Promise<void> => {
    for (const one of mortals) await restarts.get(one);
  };
  for (const [index, kill] of plan.entries()) {
    const mortals = concerned(kill);
    before(index);
    await sleep(kill.afterMs);
    // What is still on its way up cannot be killed.
    await standing(mortals);
    await Promise.all(mortals.map((one) => one.kill()));
    for (const one of mortals) {
      restarts.set(
        one,
        sleep(kill.downMs).then(() => one.start()),
      );
    }
    if (!kill.overlaps) await standing(mortals);
  }
  await Promise.all(restarts.values());
}
