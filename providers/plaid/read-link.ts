import { z } from 'zod';
import type { LinkProgress, ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import { read, token } from './fields.ts';

const holder = z
  .object({ public_token: token.nullish().catch(null) })
  .nullish()
  .catch(null);

const session = z.object({
  finished_at: z.string().nullish().catch(null),
  on_success: holder,
  exit: z.unknown().optional(),
  on_exit: z.unknown().optional(),
  results: z
    .object({ item_add_results: z.array(holder).nullish().catch(null) })
    .nullish()
    .catch(null),
});

const progress = z.object({ link_sessions: z.array(session).nullish() });

type Session = z.output<typeof session>;

/**
 * `/link/token/get`: Plaid keeps the sessions of a link token for six hours after they ended. A customer
 * can open the page more than once, so one who left counts as gone only when no session is open.
 */
export async function readLink(
  api: PlaidApi,
  linkToken: string,
  context: ProviderContext,
): Promise<LinkProgress> {
  const body = { link_token: linkToken };
  const { fields } = await api.post({ path: 'link/token/get', body, itemId: null }, context);
  const sessions = read(progress, { ...fields }, 'link').link_sessions ?? [];
  const links = linksOf(sessions.flatMap(tokensOf));
  if (sessions.some(hasSucceeded)) return { state: 'finished', links };
  const isOver = sessions.length > 0 && sessions.every(hasEnded);
  return { state: isOver ? 'exited' : 'open', links };
}

/** What `link` takes, once for each token. */
export function linksOf(tokens: readonly string[]): LinkProgress['links'] {
  return [...new Set(tokens)].map((publicToken) => ({ public_token: publicToken }));
}

function tokensOf({ results, on_success: success }: Session): string[] {
  const told = results?.item_add_results?.map((result) => result?.public_token) ?? [];
  return [...told, success?.public_token].filter((found) => typeof found === 'string');
}

/** In update mode a session succeeds without a token. */
function hasSucceeded(one: Session): boolean {
  return hasEnded(one) && (tokensOf(one).length > 0 || !hasExited(one));
}

const hasExited = ({ exit, on_exit: onExit }: Session): boolean => Boolean(exit ?? onExit);

const hasEnded = (one: Session): boolean => Boolean(one.finished_at) || hasExited(one);
