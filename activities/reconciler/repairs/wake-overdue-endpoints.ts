import { findOverdueEndpoints } from '../../../db/deliveries/find-overdue-endpoints.ts';
import type { Repair } from './repair.ts';

/** Endpoints at which something is due, and to which nobody delivers. */
export const wakeOverdueEndpoints: Repair = async ({ db, endpointWorkflows }, round) =>
  round.each(await findOverdueEndpoints(db, { seconds: 60 }), (id) => endpointWorkflows.wake(id));
