import { deleteOldRejected, deleteOldWebhooks } from '../../../db/webhooks/delete-old-webhooks.ts';
import { inBatches } from './in-batches.ts';
import type { Repair } from './repair.ts';

/** Webhooks that were kept for as long as they are to be. */
export const deleteWebhooks: Repair = ({ db, webhooks }, round) =>
  inBatches(round, (most) => deleteOldWebhooks(db, webhooks.retentionDays, most));

/** The sample of those that were refused. */
export const deleteRejected: Repair = ({ db, webhooks }, round) =>
  inBatches(round, (most) => deleteOldRejected(db, webhooks.retentionDays, most));
