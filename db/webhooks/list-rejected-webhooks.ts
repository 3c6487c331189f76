import type { Database } from '../connect.ts';
import type { RejectionReason } from '../schema.ts';

export type RejectedWebhookListed = Awaited<ReturnType<typeof listRejectedWebhooks>>[number];

export interface RejectedWebhookFilter {
  readonly limit: number;
  readonly provider?: string | undefined;
  readonly reason?: RejectionReason | undefined;
  readonly before?: string | undefined;
}

/** Samples of refused webhooks, newest first, before the one with the id `before`. */
export async function listRejectedWebhooks(db: Database, filter: RejectedWebhookFilter) {
  const { provider, reason, before } = filter;
  let query = db.selectFrom('rejected_webhooks');
  if (provider !== undefined) query = query.where('provider', '=', provider);
  if (reason !== undefined) query = query.where('reason', '=', reason);
  if (before !== undefined) query = query.where('id', '<', before);
  return await query.orderBy('id', 'desc').limit(filter.limit).selectAll().execute();
}
