import type { LinkSession, LinkToken } from '../link/types.ts';
import { eventShape } from '../link/event-shape.ts';
import type { World } from '../world.ts';
import type { WebhookBody } from './body.ts';

export type LinkNews = 'ITEM_ADD_RESULT' | 'EVENTS' | 'SESSION_FINISHED';

/** To the link token's own webhook. */
export function sendLinkWebhook(
  world: World,
  link: LinkToken,
  session: LinkSession,
  code: LinkNews,
): void {
  world.outbox.toLink(link, linkBody(world, link, session, code));
}

export function linkBody(
  world: World,
  link: LinkToken,
  session: LinkSession,
  code: LinkNews,
): WebhookBody {
  const about = {
    webhook_type: 'LINK',
    webhook_code: code,
    link_session_id: session.id,
    link_token: link.token,
    environment: world.environment,
  };
  const publicToken = session.result?.publicToken ?? null;
  switch (code) {
    case 'ITEM_ADD_RESULT':
      return { ...about, public_token: publicToken ?? '' };
    case 'EVENTS':
      return { ...about, events: session.events.map((event) => eventShape(world, session, event)) };
    case 'SESSION_FINISHED':
      return {
        ...about,
        status: session.result === null ? 'EXITED' : 'SUCCESS',
        ...(publicToken === null
          ? {}
          : { public_token: publicToken, public_tokens: [publicToken] }),
      };
  }
}
