import { sql, type Transaction } from 'kysely';
import type { Schema } from '../schema.ts';

/** A link session as a webhook tells of it. */
export interface NamedLinkSession {
  /** Of what it names the session by. */
  readonly hash: Buffer;
  /** Of what it gives to be exchanged, each once. */
  readonly linkHashes: readonly Buffer[];
}

/** A webhook that tells of link sessions. */
export interface LinkWebhook {
  readonly id: string;
  readonly provider: string;
  readonly linkSessions?: readonly NamedLinkSession[];
}

/**
 * Notes of which link sessions a stored webhook tells, whether they are there or not: a session finds what
 * came before it. Noted again, it is to be taken up again; but there is nothing to be taken where the session has
 * finished and knows all that it gives, as some providers name it for as long as the account is there. Answers
 * whether one of the sessions is there.
 */
export async function noteLinkWebhook(
  trx: Transaction<Schema>,
  { id, provider, linkSessions = [] }: LinkWebhook,
): Promise<boolean> {
  let isThere = false;
  for (const { hash, linkHashes } of linkSessions) {
    const { rows } = await sql<{ is_there: boolean }>`
      with session as (
        select status = 'finished' and (connection_id is not null or ${linkHashes.length}::int = (
          select count(*) from link_session_links link
          where link.link_session_id = session.id and link.status <> 'exchanging'
            and link.link_hash = any(${[...linkHashes]}::bytea[]))) as knows_all
        from link_sessions session where provider = ${provider} and session_hash = ${hash}
      )
      insert into link_webhooks (webhook_id, provider, session_hash, applied_at)
      values (${id}, ${provider}, ${hash}, case when (select knows_all from session) then now() end)
      on conflict (webhook_id, session_hash)
        do update set applied_at = excluded.applied_at, tried_at = null
      returning exists (select from session) as is_there`.execute(trx);
    isThere ||= rows[0]?.is_there === true;
  }
  return isThere;
}
