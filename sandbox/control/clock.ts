import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { iso } from '../clock.ts';
import { ControlError } from './control-error.ts';
import { nothing, type ControlRoutes } from './control-route.ts';

const change = z.union(
  [
    z.strictObject({ now: z.iso.datetime({ offset: true }) }),
    z.strictObject({
      advance_ms: z
        .int()
        .min(1)
        .max(Number.MAX_SAFE_INTEGER / 1000),
    }),
    z.strictObject({ real: z.literal(true) }),
  ],
  { error: 'give one of now (ISO 8601), advance_ms, or real: true' },
);

/** Tells the bank what time it is. */
export function clockControl(route: ControlRoutes, { world }: Bank): void {
  const { clock } = world.state;
  const shown = () => ({
    now: iso(clock.now()),
    mode: clock.state.frozenAt === null ? 'running' : 'frozen',
  });
  route('GET', '/control/clock', nothing, shown);
  route('POST', '/control/clock', change, (input) => {
    if ('advance_ms' in input) {
      clock.advance(input.advance_ms);
    } else {
      const done = 'now' in input ? clock.freeze(Date.parse(input.now)) : clock.followMachine();
      if (!done) throw new ControlError(409, 'the clock cannot go back behind what it has stamped');
    }
    world.apply({ op: 'clock', state: clock.state });
    return shown();
  });
}
