import type { WebhookEffect } from '../../../../providers/provider.ts';

/**
 * A body of each documented webhook code, written by us with the documented fields (`plaid` 47.0.0, `api.d.ts`),
 * and what it is to mean.
 */
export interface WebhookExample {
  readonly body: Readonly<Record<string, unknown>>;
  readonly effects: readonly WebhookEffect[];
}

const ITEM_ID = 'item-1';
const environment = 'production';
const error = {
  error_type: 'ITEM_ERROR',
  error_code: 'ITEM_LOGIN_REQUIRED',
  error_code_reason: 'OAUTH_CONSENT_EXPIRED',
  error_message: 'a message',
  display_message: null,
  status: 400,
};

const TRANSACTIONS: readonly WebhookEffect[] = [
  { kind: 'changed', product: 'transaction', hint: null },
  { kind: 'changed', product: 'balance', hint: null },
];
const CONNECTION: readonly WebhookEffect[] = [{ kind: 'connection_changed' }];

const transactions = (
  code: string,
  fields: object,
  effects: readonly WebhookEffect[] = TRANSACTIONS,
): WebhookExample => ({
  body: {
    webhook_type: 'TRANSACTIONS',
    webhook_code: code,
    item_id: ITEM_ID,
    environment,
    ...fields,
  },
  effects,
});

const item = (
  code: string,
  fields: object,
  effects: readonly WebhookEffect[] = CONNECTION,
): WebhookExample => ({
  body: { webhook_type: 'ITEM', webhook_code: code, item_id: ITEM_ID, environment, ...fields },
  effects,
});

const SESSION = {
  link_session_id: 'session-1',
  link_token: 'link-production-1',
  environment,
};

const link = (
  code: string,
  fields: object,
  effects: readonly WebhookEffect[] = [],
): WebhookExample => ({
  body: { webhook_type: 'LINK', webhook_code: code, ...SESSION, ...fields },
  effects,
});

const linked = (state: 'open' | 'finished' | 'exited', ...tokens: string[]): WebhookEffect[] => [
  {
    kind: 'link',
    session: 'link-production-1',
    state,
    links: tokens.map((token) => ({ public_token: token })),
  },
];

export const EXAMPLES: readonly WebhookExample[] = [
  transactions('SYNC_UPDATES_AVAILABLE', {
    initial_update_complete: true,
    historical_update_complete: false,
  }),
  transactions('INITIAL_UPDATE', { error: null, new_transactions: 19 }),
  transactions('HISTORICAL_UPDATE', { error: null, new_transactions: 231 }),
  transactions('DEFAULT_UPDATE', { error: null, new_transactions: 3 }),
  transactions('TRANSACTIONS_REMOVED', { error: null, removed_transactions: ['t-1', 't-2'] }),
  transactions('RECURRING_TRANSACTIONS_UPDATE', { account_ids: ['account-1'] }, []),

  item('ERROR', { error }),
  item('LOGIN_REPAIRED', {}),
  item('NEW_ACCOUNTS_AVAILABLE', { error: null }),
  item('USER_PERMISSION_REVOKED', { error }),
  item('USER_ACCOUNT_REVOKED', { account_id: 'account-1' }),
  item('WEBHOOK_UPDATE_ACKNOWLEDGED', { new_webhook_url: 'https://x.example', error: null }, []),
  item(
    'PENDING_DISCONNECT',
    { reason: 'INSTITUTION_MIGRATION', disconnect_time: '2026-06-01T10:00:00Z' },
    [{ kind: 'consent_expires', at: '2026-06-01T10:00:00.000Z' }],
  ),
  item('PENDING_EXPIRATION', { consent_expiration_time: '2026-06-02T10:00:00Z' }, [
    { kind: 'consent_expires', at: '2026-06-02T10:00:00.000Z' },
  ]),

  link('ITEM_ADD_RESULT', { public_token: 'public-1' }, linked('open', 'public-1')),
  link(
    'SESSION_FINISHED',
    { status: 'SUCCESS', public_token: 'public-1', public_tokens: ['public-1', 'public-2'] },
    linked('finished', 'public-1', 'public-2'),
  ),
  link('SESSION_FINISHED', { status: 'success' }, linked('finished')),
  link('SESSION_FINISHED', { status: 'EXITED' }, linked('exited')),
  link(
    'SESSION_FINISHED',
    { status: 'EXITED', public_tokens: ['public-1'] },
    linked('finished', 'public-1'),
  ),
  link('EVENTS', { events: [{ event_name: 'HANDOFF', event_id: 'e-1' }] }),
];

/** Type and code of what other products send. */
export const OF_OTHER_PRODUCTS: readonly (readonly [type: string, code: string])[] = [
  ['ASSETS', 'PRODUCT_READY'],
  ['ASSETS', 'ERROR'],
  ['AUTH', 'AUTOMATICALLY_VERIFIED'],
  ['AUTH', 'DEFAULT_UPDATE'],
  ['AUTH', 'SMS_MICRODEPOSITS_VERIFICATION'],
  ['AUTH', 'VERIFICATION_EXPIRED'],
  ['BANK_TRANSFERS', 'BANK_TRANSFERS_EVENTS_UPDATE'],
  ['BASE_REPORT', 'ERROR'],
  ['BEACON', 'DUPLICATE_DETECTED'],
  ['CASH_FLOW_UPDATES', 'LOW_BALANCE_DETECTED'],
  ['CHECK_REPORT', 'CHECK_REPORT_READY'],
  ['CRA_INCOME', 'ERROR'],
  ['CRA_INSIGHTS', 'PARTNER_INSIGHTS_COMPLETE'],
  ['CRA_REPORT', 'CRA_REPORT_UPDATED'],
  ['DASHBOARD_CONFIGURED_ALERT', 'INSTITUTION_STATUS_ALERT_TRIGGERED'],
  ['ENTITY_SCREENING', 'STATUS_UPDATED'],
  ['HOLDINGS', 'DEFAULT_UPDATE'],
  ['IDENTITY', 'DEFAULT_UPDATE'],
  ['IDENTITY', 'PRODUCT_PERMISSIONS_REQUIRED'],
  ['IDENTITY_VERIFICATION', 'STEP_UPDATED'],
  ['INCOME', 'INCOME_VERIFICATION'],
  ['INVESTMENTS_TRANSACTIONS', 'HISTORICAL_UPDATE'],
  ['ISSUES', 'ISSUE_RESOLVED'],
  ['LAYER', 'LAYER_AUTHENTICATION_PASSED'],
  ['LIABILITIES', 'DEFAULT_UPDATE'],
  ['LINK_DELIVERY', 'LINK_CALLBACK'],
  ['PARTNER', 'END_CUSTOMER_OAUTH_STATUS_UPDATED'],
  ['PAYMENT_INITIATION', 'PAYMENT_STATUS_UPDATE'],
  ['PROCESSOR_TOKEN', 'WEBHOOK_UPDATE_ACKNOWLEDGED'],
  ['PROTECT', 'PROTECT_USER_EVENT'],
  ['SCREENING', 'STATUS_UPDATED'],
  ['STATEMENTS', 'STATEMENTS_REFRESH_COMPLETE'],
  ['TRANSFER', 'TRANSFER_EVENTS_UPDATE'],
  ['WALLET', 'WALLET_TRANSACTION_STATUS_UPDATE'],
];
