import { setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { LinkSessionFound } from '../activities/link-sessions/contract.ts';
import { LINK_SESSION_PACE } from '../config/link-session-pace.ts';
import { conditionOrTime } from './condition-or-time.ts';
import { linkSessionActivities } from './link-session-activities.ts';
import { linkSessionTold, type LinkSessionInput } from './link-session-messages.ts';

/**
 * Waits until a customer has been through the provider's page: for its webhooks, and, as they may be lost, by
 * asking the provider now and then, and once more when the session has expired. What there is to be done
 * stands in Postgres. One that has ended is run again for a webhook that comes late.
 */
export async function linkSession(input: LinkSessionInput): Promise<LinkSessionFound['status']> {
  const { sessionId, provider, pace = LINK_SESSION_PACE } = input;
  let isTold = false;
  setHandler(linkSessionTold, () => {
    isTold = true;
  });
  const look = linkSessionActivities(provider, 'what webhooks say');
  const ask = linkSessionActivities(provider, 'asks the provider how it has gone');

  let askAfterMs = pace.firstAskMs;
  let isToAsk = false;
  let isLast = false;
  for (;;) {
    isTold = false;
    const { advanceLinkSession } = isToAsk ? ask : look;
    const found = await advanceLinkSession({ sessionId, isToAsk, isLast });
    if (found.status !== 'open') {
      if (isTold) continue;
      setCurrentDetails('Done.');
      return found.status;
    }
    const endsAt = Date.now() + found.expiresInMs + pace.graceMs;
    const askAt = Date.now() + askAfterMs;
    const wakeAt = Math.min(askAt, endsAt);
    setCurrentDetails(`Waits for the customer. Asks at ${new Date(wakeAt).toISOString()}.`);
    await conditionOrTime(() => isTold, Math.max(wakeAt - Date.now(), 0), 'for the customer');
    isToAsk = Date.now() >= wakeAt;
    isLast = Date.now() >= endsAt;
    if (isToAsk) askAfterMs = Math.min(askAfterMs * 2, pace.longestAskMs);
  }
}
