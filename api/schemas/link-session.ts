import { z } from 'zod';
import type { EndpointRules } from '../../config/endpoint-rules.ts';
import { openLinkSession } from '../../credentials/link-session.ts';
import type { KeyRing } from '../../credentials/key-ring.ts';
import type { LinkSessionRow } from '../../db/link-sessions/list-link-sessions.ts';
import { id, timestamp } from './common.ts';
import { newAccounts, reference } from './connection.ts';
import { text } from './filters.ts';
import { refreshSetting } from './refresh-setting.ts';

const customer = z.strictObject(
  {
    id: text.describe('Your own id for the customer.'),
    name: text.optional(),
    email: z.email({ error: 'must be an e-mail address' }).max(254).optional(),
  },
  { error: 'must be an object with an id' },
);

const redirectUrl = z
  .url({ error: 'must be a URL' })
  .max(2_000, 'must have at most 2000 characters')
  .refine((url) => !/^(javascript|data|file|blob|vbscript):/i.test(url), {
    error: 'must be a URL that a browser, or an app of yours, opens',
  })
  .describe('Where the customer goes afterwards; the provider’s own last page when not given.');

/** What a first link takes, and a new log-in does not. */
const OF_FIRST_LINK = ['provider', 'customer', 'reference', 'refresh', 'new_accounts'] as const;

export const linkSessionRequest = (rules: EndpointRules) =>
  z
    .strictObject({
      provider: z
        .string({ error: 'must be the name of a configured provider' })
        .optional()
        .describe('For a first link.'),
      customer: customer
        .optional()
        .describe(
          'For a first link: whom the provider is to know the customer as. Name and address are passed on and not kept.',
        ),
      connection_id: z
        .uuid({ error: 'must be a UUID' })
        .optional()
        .describe('For a new log-in, instead of provider and customer.'),
      redirect_url: redirectUrl.optional(),
      options: z
        .record(z.string(), z.unknown(), { error: 'must be an object' })
        .default({})
        .describe('What else the provider takes: see its page in docs/providers.'),
      reference: reference
        .optional()
        .describe('Your own id for the customer or the consent; the customer’s when not given.'),
      new_accounts: newAccounts.optional().describe('As POST /v1/connections takes it.'),
      refresh: refreshSetting(rules).optional(),
    })
    .superRefine((body, context) => {
      if (body.connection_id === undefined) {
        for (const field of ['provider', 'customer'] as const) {
          if (body[field] !== undefined) continue;
          const message = 'is needed, unless there is a connection_id';
          context.addIssue({ code: 'custom', path: [field], message });
        }
        return;
      }
      for (const field of OF_FIRST_LINK) {
        if (body[field] === undefined) continue;
        const message = 'is for a first link, and does not go with connection_id';
        context.addIssue({ code: 'custom', path: [field], message });
      }
    })
    .meta({ ref: 'LinkSessionRequest' });

export const linkSessionStatus = z.enum(['open', 'finished', 'exited', 'expired', 'failed']);

export const linkSession = z
  .object({
    id: id,
    provider: z.string(),
    url: z
      .string()
      .nullable()
      .describe('The provider’s page, for the customer to open; null once the session has ended.'),
    status: linkSessionStatus.describe(
      'finished: linked, or logged in again. exited: the customer left. expired: nothing came in time.',
    ),
    status_code: z
      .string()
      .nullable()
      .describe('Why it failed; while it is open, the provider’s last error.'),
    connection_id: id
      .nullable()
      .describe('The connection that is to be logged in to again; null: a first link.'),
    connection_ids: z
      .array(id)
      .describe('The connections that it has made, or logged in to again.'),
    reference: z.string().nullable(),
    expires_at: timestamp,
    created_at: timestamp,
    ended_at: timestamp.nullable(),
  })
  .meta({ ref: 'LinkSession' });

export const toLinkSession =
  (keyRing: KeyRing) =>
  (row: LinkSessionRow): z.infer<typeof linkSession> => ({
    id: row.id,
    provider: row.provider,
    url: openLinkSession(keyRing, row.id, row.secret)?.url ?? null,
    status: row.status,
    status_code: row.status_code,
    connection_id: row.connection_id,
    connection_ids: row.connection_ids,
    reference: row.reference,
    expires_at: row.expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
    ended_at: row.ended_at?.toISOString() ?? null,
  });
