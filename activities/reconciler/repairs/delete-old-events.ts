import { deleteOldEvents } from '../../../db/events/delete-old-events.ts';
import {
  deleteEndpointsOfUnlinked,
  forgetDeletedEndpoints,
} from '../../../db/endpoints/clean-up-endpoints.ts';
import { inBatches } from './in-batches.ts';
import type { Repair } from './repair.ts';

/** Events that were kept for as long as they are to be, with their deliveries. */
export const deleteEvents: Repair = ({ db, events: { retentionDays: days } }, round) =>
  inBatches<string>(round, (batch) => deleteOldEvents(db, { days, ...batch }));

/** Endpoints that nothing will be sent to any more. */
export const deleteEndpoints: Repair = async ({ db, events }) => {
  const deleted = await deleteEndpointsOfUnlinked(db, events.retentionDays);
  return deleted + (await forgetDeletedEndpoints(db));
};
