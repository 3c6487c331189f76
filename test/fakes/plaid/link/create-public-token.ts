import { MINUTE } from '../clock.ts';
import { token } from '../ids.ts';
import type { Item } from '../items/types.ts';
import type { World } from '../world.ts';

/** Good for one exchange within thirty minutes. */
export function createPublicToken(world: World, item: Item): string {
  const publicToken = token('public', world.environment);
  world.publicTokens.set(publicToken, {
    token: publicToken,
    itemId: item.id,
    expiresAt: world.clock.now() + 30 * MINUTE,
    used: false,
  });
  return publicToken;
}
