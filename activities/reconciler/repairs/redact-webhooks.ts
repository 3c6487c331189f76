import { redactRejected, redactWebhooks as redact } from '../../../db/webhooks/redact-webhooks.ts';
import { inBatches } from './in-batches.ts';
import type { Repair } from './repair.ts';

/** Bodies that are kept no longer than they are needed. */
export const redactWebhooks: Repair = async ({ db, webhooks }, round) => {
  if (webhooks.bodies !== 'redacted') return 0;
  const rejected = await redactRejected(db);
  return rejected + (await inBatches<string>(round, (batch) => redact(db, batch)));
};
