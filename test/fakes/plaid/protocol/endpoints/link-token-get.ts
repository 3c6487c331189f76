import type { CountryCode, LinkTokenGetResponse, LinkTokenGetSessionsResponse } from 'plaid';
import { z } from 'zod';
import { iso } from '../../clock.ts';
import { ApiError, errorEnvelope } from '../../errors/api-error.ts';
import { eventShape } from '../../link/event-shape.ts';
import { itemAddResult } from '../../link/item-add-result.ts';
import type { LinkSession } from '../../link/types.ts';
import type { Wire } from '../../wire.ts';
import type { World } from '../../world.ts';
import { endpoint } from '../endpoint.ts';

export const linkTokenGet = endpoint(
  '/link/token/get',
  z.strictObject({ link_token: z.string() }),
  (world, input): Wire<Omit<LinkTokenGetResponse, 'request_id'>> => {
    const link = world.linkTokens.get(input.link_token);
    if (link === undefined) throw new ApiError('INVALID_LINK_TOKEN');
    return {
      link_token: link.token,
      created_at: iso(link.createdAt),
      expiration: iso(link.expiresAt),
      link_sessions: link.sessions.map((session) => sessionShape(world, session)),
      metadata: {
        initial_products: link.products,
        webhook: link.webhook,
        country_codes: link.countryCodes as readonly `${CountryCode}`[],
        language: link.language,
        redirect_uri: link.redirectUri,
        client_name: link.clientName,
      },
      ...(link.userId !== null && { user_id: link.userId }),
    };
  },
);

function sessionShape(world: World, session: LinkSession): Wire<LinkTokenGetSessionsResponse> {
  return {
    link_session_id: session.id,
    started_at: iso(session.startedAt),
    finished_at: iso(session.finishedAt),
    exit:
      session.exit === null
        ? null
        : {
            error: session.exit.error === null ? null : errorEnvelope(session.exit.error),
            metadata: { status: session.exit.status, link_session_id: session.id },
          },
    events: session.events.map((event) => eventShape(world, session, event)),
    results: {
      item_add_results: itemAddResult(world, session),
      cra_item_add_results: [],
      cra_update_results: [],
      bank_income_results: [],
      payroll_income_results: [],
      document_income_results: null,
    },
  };
}
