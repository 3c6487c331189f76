import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../config/event-type.ts';
import { INTERVALS } from '../config/interval.ts';
import { id, product, timestamp } from '../resources/fields.ts';
import { balanceData, transactionData } from './event-data.ts';

export interface EventDescription {
  /** When it is told. */
  readonly summary: string;
  /** Of the body. */
  readonly schema: z.ZodObject;
}

const noData = z.object({});
const count = z.int().min(0);

const triggered = z
  .object({
    id: id,
    triggers: z
      .array(z.enum(['link', 'schedule', 'webhook', 'manual', 'reconcile']))
      .describe('What had asked for it.'),
  })
  .meta({ ref: 'EventSync', description: 'The sync that caused it.' });

const ofAccount = {
  account_id: id,
  connection_id: id,
  sequence: z.int().min(1).describe('Counts the events of the account, from 1, without a hole.'),
  sync: z.null(),
};
const ofSync = { ...ofAccount, sync: triggered };
const ofConnection = { ...ofAccount, account_id: z.null(), sequence: z.null() };
const ofEndpoint = { ...ofConnection, connection_id: z.null() };

const failure = z.object({
  error_kind: z.string().describe('What the error asks of us.'),
  error_code: z.string().describe('The provider’s, or ours.'),
});

function described(
  type: EventType,
  summary: string,
  whose: z.core.$ZodLooseShape,
  data: z.ZodType,
): EventDescription {
  const schema = z
    .object({
      id: id.describe('The same at every attempt, and in the header webhook-id.'),
      type: z.literal(type),
      timestamp: timestamp.describe('When it happened.'),
      ...whose,
      data,
    })
    .meta({ ref: eventSchemaName(type) });
  return { summary, schema };
}

/** Of the schema of its body: BalanceSuccessEvent. */
export const eventSchemaName = (type: EventType): string =>
  `${type.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase())}Event`;

/** The body of every event, as `renderEvent` makes it. Fields may be added to it; none goes. */
export const EVENT_SCHEMAS: Readonly<Record<EventType, EventDescription>> = {
  'balance.success': described(
    'balance.success',
    'A sync of the balance has succeeded',
    ofSync,
    balanceData,
  ),
  'balance.failed': described(
    'balance.failed',
    'A sync of the balance has failed',
    ofSync,
    failure,
  ),
  'transaction.success': described(
    'transaction.success',
    'A sync of the transactions has succeeded',
    ofSync,
    transactionData,
  ),
  'transaction.failed': described(
    'transaction.failed',
    'A sync of the transactions has failed',
    ofSync,
    failure,
  ),
  'account.linked': described(
    'account.linked',
    'An account is linked, and will be kept fresh',
    ofAccount,
    z.object({
      interval: z.enum(INTERVALS).nullable().describe('Null: only webhooks and you refresh it.'),
      products: z.array(product),
    }),
  ),
  'account.paused': described(
    'account.paused',
    'You paused an account (user), or its provider refuses it (provider_error)',
    ofAccount,
    z.object({ reason: z.enum(['user', 'provider_error']) }),
  ),
  'account.resumed': described('account.resumed', 'Your pause has ended', ofAccount, noData),
  'account.reauth_required': described(
    'account.reauth_required',
    'The customer must log in again',
    ofAccount,
    noData,
  ),
  'account.recovered': described(
    'account.recovered',
    'An account goes on that had waited for its customer or its provider',
    ofAccount,
    z.object({ reason: z.enum(['reauth_required', 'provider_error']) }),
  ),
  'account.stale': described(
    'account.stale',
    'The data of an account has become older than it should be',
    ofAccount,
    z.object({
      status: z.enum(['scanning', 'active', 'failing', 'paused']),
      pause_reason: z.enum(['user', 'reauth_required', 'provider_error']).nullable(),
      products: z.array(product).min(1).describe('Whose data it is.'),
    }),
  ),
  'account.unlinked': described('account.unlinked', 'An account is unlinked', ofAccount, noData),
  'connection.linked': described(
    'connection.linked',
    'All accounts of a connection have been scanned in full',
    ofConnection,
    z.object({ accounts: count, scanned: count.describe('Those that were not paused.') }),
  ),
  'connection.accounts_offered': described(
    'connection.accounts_offered',
    'Accounts have appeared at the bank that are not linked',
    ofConnection,
    z.object({ count: z.int().min(1) }),
  ),
  'connection.expiring': described(
    'connection.expiring',
    'The consent of a connection will soon end',
    ofConnection,
    z.object({ consent_expires_at: timestamp }),
  ),
  'connection.unlinked': described(
    'connection.unlinked',
    'A connection is unlinked',
    ofConnection,
    z.object({ data: z.enum(['keep', 'erase']).describe('What becomes of what the bank told.') }),
  ),
  'link_session.ended': described(
    'link_session.ended',
    'A link session has ended: its customer has linked, or logged in again (finished), or not. Told again should one finish that had not',
    { ...ofConnection, connection_id: id.nullable().describe('The one that was logged in to.') },
    z.object({
      link_session_id: id,
      status: z.enum(['finished', 'exited', 'expired', 'failed']),
      status_code: z.string().nullable().describe('Why it failed.'),
      connection_ids: z
        .array(id)
        .describe('The connections that it made, or the one that it renewed.'),
    }),
  ),
  'endpoint.disabled': described(
    'endpoint.disabled',
    'A webhook endpoint gets nothing any more: it answered 410 (gone), or failed for days (failing)',
    ofEndpoint,
    z.object({
      endpoint_id: id,
      account_id: id
        .nullable()
        .describe('The account whose webhook_url it is; null: it hears of all.'),
      reason: z.enum(['gone', 'failing']),
      disabled_at: timestamp,
    }),
  ),
  'webhook.test': described(
    'webhook.test',
    'You asked for a test of an endpoint: nothing has happened',
    ofEndpoint,
    z.object({ endpoint_id: id, message: z.string() }),
  ),
};

const [first, ...rest] = EVENT_TYPES.map((type) => EVENT_SCHEMAS[type].schema);

/** The body of any event. */
export const anyEvent = z
  .discriminatedUnion('type', [first as z.ZodObject, ...rest])
  .meta({ ref: 'Event' });
