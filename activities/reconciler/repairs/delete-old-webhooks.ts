import {
  deleteOldRejected,
  deleteOldWebhooks,
  type AgeKey,
} from '../../../db/webhooks/delete-old-webhooks.ts';
import { inBatches } from './in-batches.ts';
import type { Repair } from './repair.ts';

/** Webhooks that were kept for as long as they are to be. */
export const deleteWebhooks: Repair = ({ db, webhooks: { retentionDays: days } }, round) =>
  inBatches<AgeKey>(round, (batch) => deleteOldWebhooks(db, { days, ...batch }));

/** The sample of those that were refused. */
export const deleteRejected: Repair = ({ db, webhooks }) =>
  deleteOldRejected(db, webhooks.retentionDays);
