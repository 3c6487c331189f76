import { sql } from 'kysely';
import type { Database } from '../connect.ts';
import { exactTime } from '../exact-time.ts';
import { isInState, webhookState, type WebhookState } from './webhook-state.ts';

export interface WebhookFilter {
  readonly provider?: string | undefined;
  /** Our id of an account on which it has an effect. */
  readonly accountId?: string | undefined;
  readonly type?: string | undefined;
  readonly state?: WebhookState | undefined;
  readonly understood?: boolean | undefined;
  /** Included. */
  readonly receivedFrom?: string | undefined;
  /** Not included. */
  readonly receivedTo?: string | undefined;
}

export interface WebhookPosition {
  /** With microseconds. */
  readonly receivedAt: string;
  readonly id: string;
}

export interface WebhookPage {
  readonly limit: number;
  readonly order: 'newest first' | 'oldest first';
  /** The last one of the page before. */
  readonly after: WebhookPosition | null;
}

export type WebhookRow = Awaited<ReturnType<typeof listWebhooks>>[number];

/** A page of the stored webhooks, by the time at which they came. */
export async function listWebhooks(db: Database, filter: WebhookFilter, page: WebhookPage) {
  return await matching(db, filter, page).select(WEBHOOK_COLUMNS).select(MORE_COLUMNS).execute();
}

/** The same, only where they are in the list. */
export async function listWebhookPositions(
  db: Database,
  filter: WebhookFilter,
  page: WebhookPage,
): Promise<WebhookPosition[]> {
  return await matching(db, filter, page)
    .select(['w.id', exactTime('w.received_at').as('receivedAt')])
    .execute();
}

function matching(db: Database, filter: WebhookFilter, { limit, order, after }: WebhookPage) {
  const { provider, accountId, type, state, understood, receivedFrom, receivedTo } = filter;
  const direction = order === 'newest first' ? 'desc' : 'asc';
  let query = db.selectFrom('inbound_webhooks as w');
  if (provider !== undefined) query = query.where('w.provider', '=', provider);
  if (type !== undefined) query = query.where('w.type', '=', type);
  if (state !== undefined) query = query.where(isInState(state));
  if (understood !== undefined) {
    query = query.where(understood ? sql<boolean>`w.understood` : sql<boolean>`not w.understood`);
  }
  if (receivedFrom !== undefined) {
    query = query.where(sql<boolean>`w.received_at >= ${receivedFrom}::timestamptz`);
  }
  if (receivedTo !== undefined) {
    query = query.where(sql<boolean>`w.received_at < ${receivedTo}::timestamptz`);
  }
  if (accountId !== undefined) {
    query = query.where(
      sql<boolean>`w.id in (select webhook_id from webhook_effects where account_id = ${accountId})`,
    );
  }
  if (after) {
    const beyond = sql.raw(direction === 'desc' ? '<' : '>');
    query = query.where(
      sql<boolean>`(w.received_at, w.id) ${beyond} (${after.receivedAt}::timestamptz, ${after.id}::uuid)`,
    );
  }
  return query.orderBy('w.received_at', direction).orderBy('w.id', direction).limit(limit);
}

/** Of `inbound_webhooks w`: what is told of a webhook wherever it is shown. */
export const WEBHOOK_COLUMNS = [
  'w.id',
  'w.provider',
  'w.type',
  'w.understood',
  'w.provider_connection_id',
  'w.provider_account_id',
  'w.occurred_at',
  'w.received_at',
  'w.body_bytes',
  'w.replays',
  'w.replayed_at',
  'w.redacted_at',
] as const;

const MORE_COLUMNS = [
  webhookState.as('state'),
  sql<string[]>`array(
    select distinct account_id from webhook_effects where webhook_id = w.id order by account_id
  )`.as('account_ids'),
  exactTime('w.received_at').as('position'),
] as const;
