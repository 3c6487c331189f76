import { setTimeout as delay } from 'node:timers/promises';
import { hashLink } from '../../credentials/link-session.ts';
import { meterCalls } from '../../db/calls/meter-calls.ts';
import {
  newId,
  type ConnectionToLink,
  type LinkStored,
} from '../../db/connections/link-connection.ts';
import {
  beginExchange,
  commitExchange,
  failExchange,
  type LinkKey,
} from '../../db/link-sessions/exchange.ts';
import { sqlStateOf } from '../../db/sql-state.ts';
import type { OpenedLinkSession } from '../../db/link-sessions/find-link-session.ts';
import { PRODUCTS } from '../../config/product.ts';
import { InvalidLink, ProviderError } from '../../providers/errors.ts';
import type {
  CallContext,
  JsonValue,
  LinkedConnection,
  Provider,
} from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';

export interface Exchange {
  readonly session: OpenedLinkSession;
  readonly provider: Provider;
  /** What the session gave. */
  readonly link: JsonValue;
  /** Whatever goes wrong now is not tried again. */
  readonly isGivenUp: boolean;
}

/**
 * Makes a connection of what a session gave, once. What was exchanged is good for one time only: where it cannot be
 * stored, that is tried for as long as this process lives. Throws `ProviderError` where the exchange should be
 * tried again; what is wrong with it for good is stored.
 */
export async function exchangeLink(
  deps: Pick<ActivityDeps, 'db' | 'keyRing' | 'logger' | 'metrics'>,
  { session, provider, link, isGivenUp }: Exchange,
  context: CallContext,
): Promise<void> {
  const { db } = deps;
  const key: LinkKey = { sessionId: session.id, linkHash: hashLink(link) };
  const id = await newId(db);
  const attempts = await beginExchange(db, key);
  if (attempts === null) return;
  let linked: LinkedConnection;
  try {
    const subject = { provider: provider.name, connectionId: null };
    linked = await provider.link(link, meterCalls(deps, context, subject));
  } catch (error) {
    const code = codeForGood(error, attempts, isGivenUp);
    if (code === null) throw error;
    return await failExchange(db, key, code);
  }
  let stored: LinkStored;
  try {
    stored = await store(deps, key, toConnection(deps, id, session, linked), context);
  } catch (error) {
    // What Postgres refuses for its value, it refuses again.
    if (context.signal.aborted || !isOfValue(error)) throw error;
    deps.logger.error(
      { err: error, linkSessionId: key.sessionId },
      'what was linked cannot be stored',
    );
    return await failExchange(db, key, 'link_refused');
  }
  if (stored.state === 'unlinking') await failExchange(db, key, 'connection_unlinking');
}

/** Null: it is to be tried again. */
function codeForGood(error: unknown, attempts: number, isGivenUp: boolean): string | null {
  const isInvalid = error instanceof InvalidLink;
  if (!isInvalid && !(error instanceof ProviderError)) return null;
  const isTransient = !isInvalid && (error.kind === 'retry' || error.kind === 'restart');
  if (isTransient) return isGivenUp ? error.code : null;
  // It was used up by an attempt of which no answer came, or has become too old since.
  if (attempts > 1) return 'link_lost';
  return isInvalid ? 'invalid_link' : error.code;
}

function toConnection(
  { keyRing }: Pick<ActivityDeps, 'keyRing'>,
  id: string,
  session: OpenedLinkSession,
  linked: LinkedConnection,
): ConnectionToLink {
  const { account_settings: settings, new_accounts: newAccounts } = session;
  return {
    id,
    provider: session.provider,
    linked,
    sealFor: (connectionId) => keyRing.seal(JSON.stringify(linked.credentials), connectionId),
    reference: session.reference,
    settings: settings ?? { interval: 'daily', products: PRODUCTS, webhook_url: null },
    replacesSettings: settings !== null,
    newAccounts: newAccounts ?? undefined,
  };
}

const LONGEST_WAIT_MS = 5_000;

/** Not where it is the value that Postgres refuses. The attempt of the activity lasts an hour. */
async function store(
  { db, logger }: Pick<ActivityDeps, 'db' | 'logger'>,
  key: LinkKey,
  connection: ConnectionToLink,
  { signal, heartbeat }: CallContext,
): Promise<LinkStored> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await commitExchange(db, key, connection);
    } catch (err) {
      if (signal.aborted || isOfValue(err)) throw err;
      logger.warn({ err, linkSessionId: key.sessionId }, 'what was linked is not stored yet');
      heartbeat();
      await delay(waitMs);
    }
  }
}

const isOfValue = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error));
