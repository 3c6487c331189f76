import { randomUUID } from 'node:crypto';
import { HOUR, MINUTE } from '../clock.ts';
import { token } from '../ids.ts';
import type { World } from '../world.ts';
import type { LinkToken } from './types.ts';

export interface LinkTokenToCreate extends Omit<
  LinkToken,
  'token' | 'createdAt' | 'expiresAt' | 'hostedUrl' | 'sessions'
> {
  readonly hosted: boolean;
  readonly lifetimeSeconds: number | null;
}

/**
 * Valid for four hours, in update mode for thirty minutes; with Hosted Link as long as its URL is:
 * thirty minutes unless `url_lifetime_seconds` says otherwise (LinkTokenCreateResponse).
 */
export function createLinkToken(world: World, asked: LinkTokenToCreate): LinkToken {
  const { hosted, lifetimeSeconds, ...rest } = asked;
  const usual = hosted || rest.updates !== null ? 30 * MINUTE : 4 * HOUR;
  const lifetime = lifetimeSeconds === null ? usual : lifetimeSeconds * 1000;
  const now = world.clock.now();
  const link: LinkToken = {
    ...rest,
    token: token('link', world.environment),
    createdAt: now,
    expiresAt: now + lifetime,
    // Nobody can open it here; what its page would do, the control does.
    hostedUrl: hosted ? `https://secure.plaid.com/hl/${randomUUID()}` : null,
    sessions: [],
  };
  world.linkTokens.set(link.token, link);
  return link;
}
