import type { JsonObject } from '../json.ts';
import type { Job } from '../types.ts';
import { accountOf, type World } from '../world.ts';
import type { WebhookRequest } from './attempt.ts';
import {
  connected,
  jobsUpdate,
  reauthorisationRequired,
  reauthorized,
  syncFailed,
  unlinked,
  updated,
  type UpdateDetails,
} from './events.ts';
import type { Webhooks } from './webhooks.ts';

type Sent = WebhookRequest | null;

/** Each sends its event about an account as it is now, and gives the request. */
export interface Announcements {
  connected(accountId: string): Sent;
  updated(accountId: string, details?: UpdateDetails): Sent;
  jobsUpdate(job: Job): Sent;
  reauthorized(accountId: string): Sent;
  unlinked(accountId: string): Sent;
  reauthorisationRequired(accountId: string): Sent;
  syncFailed(accountId: string): Sent;
  /** Anything else, such as an event that no document knows. */
  event(event: string, data: JsonObject): Sent;
}

export function createAnnouncements(world: World, webhooks: Webhooks): Announcements {
  return {
    connected: (id) => webhooks.send(connected(accountOf(world, id))),
    updated: (id, details) => webhooks.send(updated(world, accountOf(world, id), details)),
    jobsUpdate: (job) => webhooks.send(jobsUpdate(world, job)),
    reauthorized: (id) => webhooks.send(reauthorized(accountOf(world, id))),
    unlinked: (id) => webhooks.send(unlinked(accountOf(world, id))),
    reauthorisationRequired: (id) => webhooks.send(reauthorisationRequired(accountOf(world, id))),
    syncFailed: (id) => webhooks.send(syncFailed(accountOf(world, id))),
    event: (event, data) => webhooks.send({ event, data }),
  };
}
