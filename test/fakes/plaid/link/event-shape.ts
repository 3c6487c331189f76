import type { LinkEvent } from 'plaid';
import { iso } from '../clock.ts';
import { requestId } from '../ids.ts';
import type { Wire } from '../wire.ts';
import type { World } from '../world.ts';
import type { LinkSession, LinkSessionEvent } from './types.ts';

export function eventShape(
  world: World,
  session: LinkSession,
  event: LinkSessionEvent,
): Wire<LinkEvent> {
  const item = session.result === null ? undefined : world.items.get(session.result.itemId);
  const institution = item && world.institutions.get(item.institutionId);
  return {
    event_name: event.name,
    timestamp: iso(event.at),
    event_id: event.id,
    event_metadata: {
      request_id: requestId(),
      ...(institution && { institution_id: institution.id, institution_name: institution.name }),
      ...(event.name === 'EXIT' && session.exit && { exit_status: session.exit.status }),
    },
  };
}
