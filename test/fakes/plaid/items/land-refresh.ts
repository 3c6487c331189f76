import type { World } from '../world.ts';
import { pull } from './take-over.ts';
import type { Item } from './types.ts';

/** The pulls that were asked for come back, all of them as one. Nothing if there is none. */
export function landRefresh(world: World, item: Item): void {
  if (item.refreshesWaiting === 0) return;
  item.refreshesWaiting = 0;
  pull(world, item);
}
