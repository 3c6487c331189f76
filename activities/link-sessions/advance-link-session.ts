import { conclude } from '../../db/link-sessions/conclude.ts';
import {
  findLinkSession,
  noteLinkSessionError,
  type OpenedLinkSession,
} from '../../db/link-sessions/find-link-session.ts';
import { pendingLinkWebhooks } from '../../db/link-sessions/pending-link-webhooks.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { CallContext, LinkProgress, Provider } from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';
import { providerNotConfigured } from '../provider-not-configured.ts';
import { askHowItGoes } from './ask-how-it-goes.ts';
import type { LinkSessionFound, LinkSessionLook } from './contract.ts';
import { exchangeLink } from './exchange-link.ts';
import { progressOf } from './progress-of.ts';
import { runConnections } from './run-connections.ts';

/** So long after it has expired a session is kept open for a provider that does not answer. */
const LONGEST_MS = 24 * 60 * 60_000;

/**
 * See `LinkSessionActivities`. Throws `ProviderError` where it should be tried again. A connection is made as soon as
 * its link is there, also while the session goes on.
 */
export async function advanceLinkSession(
  deps: ActivityDeps,
  { sessionId, isToAsk, isLast }: LinkSessionLook,
  context: CallContext,
): Promise<LinkSessionFound> {
  const { db, keyRing } = deps;
  const session = await findLinkSession(db, sessionId);
  if (!session) return { status: 'deleted', expiresInMs: 0 };
  const { expires_in_ms: expiresInMs } = session;
  const isGivenUp = expiresInMs < -LONGEST_MS;
  const webhooks = await pendingLinkWebhooks(db, session);
  const isOpen = session.status === 'open';
  const isToEnd = isLast && isOpen;
  if (webhooks.length === 0 && !((isToAsk || isToEnd) && isOpen)) {
    return { status: session.status, expiresInMs };
  }

  const provider = deps.providers.get(session.provider);
  if (!provider && !isGivenUp) throw await notConfigured(deps, session);
  const heard = progressOf(keyRing, provider, session, webhooks);
  const isAsking = isToAsk || isToEnd || heard.isUnreadable || lacksLinks(session, heard);
  const asked =
    provider && isOpen && isAsking ? await askHowItGoes(deps, session, provider, context) : null;
  const code = asked && 'code' in asked ? asked.code : null;
  const answer = asked && 'state' in asked ? asked : null;

  const links = session.connection_id ? [] : [...heard.links, ...(answer?.links ?? [])];
  if (provider) await exchangeAll(deps, session, provider, links, isGivenUp, context);
  if (code !== null && isToEnd && !isGivenUp && asked?.isToRepeat) {
    await noteLinkSessionError(db, sessionId, code);
    throw new ProviderError(session.provider, 'retry', code);
  }
  const concluded = await conclude(db, {
    sessionId,
    told: [heard.state, answer?.state ?? 'open'],
    isComplete: answer !== null || !provider?.readLink,
    isLast: isToEnd,
    tellsConsent: provider?.capabilities.tellsConsent ?? false,
    code,
    webhookIds: webhooks.map(({ id }) => id),
  });
  await runConnections(deps, session, concluded.isRenewed);
  return { status: concluded.status, expiresInMs };
}

const lacksLinks = (session: OpenedLinkSession, { state, links }: LinkProgress): boolean =>
  state === 'finished' && links.length === 0 && session.connection_id === null;

/** Each is exchanged, whatever becomes of the others. Throws what the first is to be repeated for. */
async function exchangeAll(
  deps: ActivityDeps,
  session: OpenedLinkSession,
  provider: Provider,
  links: LinkProgress['links'],
  isGivenUp: boolean,
  context: CallContext,
): Promise<void> {
  const errors: unknown[] = [];
  for (const link of links) {
    context.signal.throwIfAborted();
    try {
      await exchangeLink(deps, { session, provider, link, isGivenUp }, context);
    } catch (error) {
      errors.push(error);
    }
  }
  const [error] = errors;
  if (error === undefined) return;
  if (error instanceof ProviderError) await noteLinkSessionError(deps.db, session.id, error.code);
  throw error;
}

async function notConfigured(
  { db }: ActivityDeps,
  { id, provider }: OpenedLinkSession,
): Promise<ProviderError> {
  const error = providerNotConfigured(provider);
  await noteLinkSessionError(db, id, error.code);
  return error;
}
