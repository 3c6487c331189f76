import {
  deleteOldLinkSessions,
  openLinkSessions,
  untoldLinkSessions,
} from '../../../db/link-sessions/link-sessions-to-reconcile.ts';
import { inBatches } from './in-batches.ts';
import type { Repair } from './repair.ts';

/** Link sessions that have no workflow. It ends those that have expired meanwhile. */
export const startLinkSessions: Repair = async ({ db, linkSessionWorkflows }, round) =>
  round.each(await openLinkSessions(db), (session) => linkSessionWorkflows.start(session));

/** Webhooks of link sessions that their workflow was not told of. */
export const tellLinkSessions: Repair = async ({ db, linkSessionWorkflows }, round) =>
  round.each(await untoldLinkSessions(db), (session) => linkSessionWorkflows.tell(session));

/** Those that were kept, since they ended, for as long as webhooks are. */
export const deleteLinkSessions: Repair = ({ db, webhooks: { retentionDays: days } }, round) =>
  inBatches<string>(round, ({ most }) => deleteOldLinkSessions(db, { days, most }));
