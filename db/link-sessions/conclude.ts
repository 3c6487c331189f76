import { sql, type Transaction } from 'kysely';
import type { LinkProgress } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';
import { recordEvent } from '../events/record-event.ts';
import type { LinkSessionStatus, Schema } from '../schema.ts';
import { furthest, howItStands, type LinkOutcome, type Standing } from './how-it-stands.ts';
import { renewConnection } from './renew-connection.ts';

export interface Conclusion {
  readonly sessionId: string;
  /** What the provider has told now. */
  readonly told: readonly LinkProgress['state'][];
  /** All links are known that there are: the provider was asked, or cannot be. */
  readonly isComplete: boolean;
  /** It is waited for no longer. */
  readonly isLast: boolean;
  /** Whether the provider tells how a consent stands. */
  readonly tellsConsent: boolean;
  /** Why the provider could not be asked. */
  readonly code: string | null;
  /** The webhooks of which all was taken. */
  readonly webhookIds: readonly string[];
}

export interface Concluded {
  readonly status: LinkSessionStatus;
  /** The connection that was logged in to is to be asked for how it stands. */
  readonly isRenewed: boolean;
}

/**
 * Notes how far a session has come, once its links were dealt with, and how it has ended where it has; that is told by an
 * event. One that had ended without a connection finishes all the same when its customer comes back.
 */
export async function conclude(db: Database, conclusion: Conclusion): Promise<Concluded> {
  const { sessionId, webhookIds } = conclusion;
  return await db.transaction().execute(async (trx) => {
    const session = await trx
      .selectFrom('link_sessions')
      .where('id', '=', sessionId)
      .select(['provider', 'session_hash', 'connection_id', 'status', 'told'])
      .forUpdate()
      .executeTakeFirstOrThrow();
    await markApplied(trx, webhookIds, session.session_hash);
    const links = await outcomesOf(trx, sessionId);
    const told = furthest([session.told, ...conclusion.told]);
    const login = session.connection_id;
    const isLogin = login !== null;
    const isRestored = isLogin && (await standsAgain(trx, login, sessionId));
    let standing = howItStands({ ...conclusion, told, links, isLogin, isRestored });
    let isRenewed = false;
    if (standing.status === 'finished' && session.status !== 'finished' && login !== null) {
      isRenewed = await renewConnection(trx, login, conclusion);
      if (!isRenewed) standing = { status: 'failed', code: 'connection_unlinked' };
    }
    const isEnding = standing.status !== 'open' && endsAs(session.status, standing.status);
    if (isEnding) await end(trx, { sessionId, told, standing, links, login });
    else if (session.status === 'open') await goOn(trx, sessionId, told, standing.code);
    return { status: isEnding ? standing.status : session.status, isRenewed };
  });
}

/** What has ended ends again only where it turns out to have finished. */
const endsAs = (before: LinkSessionStatus, after: LinkSessionStatus): boolean =>
  before === 'open' || (after === 'finished' && before !== 'finished');

/** As a provider tells of a new log-in that does not name the session it was made in. */
async function standsAgain(
  trx: Transaction<Schema>,
  connectionId: string,
  sessionId: string,
): Promise<boolean> {
  const found = await trx
    .selectFrom('connections')
    .innerJoin('link_sessions', 'link_sessions.connection_id', 'connections.id')
    .where('link_sessions.id', '=', sessionId)
    .where('connections.id', '=', connectionId)
    .where('connections.status', '=', 'active')
    .whereRef('connections.status_changed_at', '>', 'link_sessions.created_at')
    .select('connections.id')
    .executeTakeFirst();
  return found !== undefined;
}

async function markApplied(
  trx: Transaction<Schema>,
  webhookIds: readonly string[],
  sessionHash: Buffer,
): Promise<void> {
  if (webhookIds.length === 0) return;
  // The webhooks first: as a replay, which would else wait in a circle with this.
  await sql`
    update inbound_webhooks set outcome = 'accepted'
    where outcome = 'unmatched' and id = any(${[...webhookIds]}::uuid[])`.execute(trx);
  await sql`
    update link_webhooks set applied_at = now()
    where session_hash = ${sessionHash} and webhook_id = any(${[...webhookIds]}::uuid[])`.execute(
    trx,
  );
}

async function outcomesOf(trx: Transaction<Schema>, sessionId: string): Promise<LinkOutcome[]> {
  return await trx
    .selectFrom('link_session_links')
    .where('link_session_id', '=', sessionId)
    .orderBy('created_at')
    .orderBy('link_hash')
    .select(['status', 'error_code as code', 'connection_id as connectionId'])
    .execute();
}

async function goOn(
  trx: Transaction<Schema>,
  sessionId: string,
  told: LinkProgress['state'],
  code: string | null,
): Promise<void> {
  await trx
    .updateTable('link_sessions')
    .set({ told, status_code: code })
    .where('id', '=', sessionId)
    .execute();
}

async function end(
  trx: Transaction<Schema>,
  ended: {
    readonly sessionId: string;
    readonly told: LinkProgress['state'];
    readonly standing: Standing;
    readonly links: readonly LinkOutcome[];
    readonly login: string | null;
  },
): Promise<void> {
  const { sessionId, told, links, login } = ended;
  const { status, code } = ended.standing;
  await trx
    .updateTable('link_sessions')
    .set({ told, status, status_code: code, secret: null, ended_at: sql<Date>`now()` })
    .where('id', '=', sessionId)
    .execute();
  const made = links.flatMap(({ connectionId }) => connectionId ?? []);
  await recordEvent(trx, {
    type: 'link_session.ended',
    ...(login === null ? {} : { connectionId: login }),
    data: {
      link_session_id: sessionId,
      status,
      status_code: code,
      connection_ids: login === null ? [...new Set(made)] : [login],
    },
  });
}
