import type { LosslessJson } from '../json.ts';
import type { WebhookEffect } from '../provider.ts';
import { linksOf } from './read-link.ts';

type Parts = { readonly [key: string]: LosslessJson };

/**
 * How a link session went on. `ITEM_ADD_RESULT` brings the token of one Item, at once; `SESSION_FINISHED`
 * those of all. A session that brought an Item has not been left without one, whatever its status. Null: the
 * session is not named.
 */
export function linkEffect(type: string, parts: Parts): WebhookEffect | null {
  const session = parts['link_token'];
  if (!isToken(session)) return null;
  const several = parts['public_tokens'];
  const tokens = [...(Array.isArray(several) ? several : []), parts['public_token']];
  const links = linksOf(tokens.filter((token) => isToken(token)));
  if (type === 'LINK:ITEM_ADD_RESULT') return { kind: 'link', session, state: 'open', links };
  const succeeded = links.length > 0 || isSuccess(parts['status']);
  return { kind: 'link', session, state: succeeded ? 'finished' : 'exited', links };
}

const isToken = (value: LosslessJson | undefined): value is string =>
  typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value);

/** Documented in capitals; Plaid's examples have it in small letters too. */
const isSuccess = (status: LosslessJson | undefined): boolean =>
  typeof status === 'string' && status.toUpperCase() === 'SUCCESS';
