import type { LosslessJson } from '../json.ts';
import type { TranslatedWebhook, WebhookEffect } from '../provider.ts';
import { parseTimestamp } from '../timestamp.ts';
import { linkEffect } from './link-effect.ts';

type Parts = { readonly [key: string]: LosslessJson };
type Meaning = Pick<TranslatedWebhook, 'effects' | 'understood'>;

const CONNECTION: WebhookEffect = { kind: 'connection_changed' };

/** A look at the transactions is a look at the balances: the cached ones are at least as recent. */
const TRANSACTIONS: readonly WebhookEffect[] = [
  { kind: 'changed', product: 'transaction', hint: null },
  { kind: 'changed', product: 'balance', hint: null },
];

const understood = (...effects: readonly WebhookEffect[]): Meaning => ({
  effects,
  understood: true,
});
const notUnderstood = (...effects: readonly WebhookEffect[]): Meaning => ({
  effects,
  understood: false,
});

/** The types of products that Freshet does not have: whatever their code, they ask for nothing. */
const OTHER_PRODUCTS = new Set([
  'ASSETS',
  'AUTH',
  'BANK_TRANSFERS',
  'BASE_REPORT',
  'BEACON',
  'CASH_FLOW_UPDATES',
  'CHECK_REPORT',
  'CRA_INCOME',
  'CRA_INSIGHTS',
  'CRA_REPORT',
  'DASHBOARD_CONFIGURED_ALERT',
  'ENTITY_SCREENING',
  'HOLDINGS',
  'IDENTITY',
  'IDENTITY_VERIFICATION',
  'INCOME',
  'INVESTMENTS_TRANSACTIONS',
  'ISSUES',
  'LAYER',
  'LIABILITIES',
  'LINK_DELIVERY',
  'PARTNER',
  'PAYMENT_INITIATION',
  'PROCESSOR_TOKEN',
  'PROTECT',
  'SCREENING',
  'STATEMENTS',
  'TRANSFER',
  'WALLET',
]);

/**
 * What a webhook asks of us, by `<webhook_type>:<webhook_code>`. One of an Item that is not known has the
 * Item looked at, one of its transactions has them read: neither can do harm.
 */
export function effectsOf(type: string, parts: Parts): Meaning {
  switch (type) {
    case 'TRANSACTIONS:SYNC_UPDATES_AVAILABLE':
    // The ones before it still come, each beside it, and say no more.
    case 'TRANSACTIONS:INITIAL_UPDATE':
    case 'TRANSACTIONS:HISTORICAL_UPDATE':
    case 'TRANSACTIONS:DEFAULT_UPDATE':
    case 'TRANSACTIONS:TRANSACTIONS_REMOVED':
      return understood(...TRANSACTIONS);
    case 'TRANSACTIONS:RECURRING_TRANSACTIONS_UPDATE':
    case 'ITEM:WEBHOOK_UPDATE_ACKNOWLEDGED':
      return understood();
    case 'ITEM:ERROR':
    case 'ITEM:LOGIN_REPAIRED':
    case 'ITEM:NEW_ACCOUNTS_AVAILABLE':
    case 'ITEM:USER_PERMISSION_REVOKED':
    case 'ITEM:USER_ACCOUNT_REVOKED':
      return understood(CONNECTION);
    case 'ITEM:PENDING_DISCONNECT':
      return expiry(parts['disconnect_time']);
    case 'ITEM:PENDING_EXPIRATION':
      return expiry(parts['consent_expiration_time']);
    case 'LINK:ITEM_ADD_RESULT':
    case 'LINK:SESSION_FINISHED': {
      const effect = linkEffect(type, parts);
      return effect ? understood(effect) : notUnderstood();
    }
    case 'LINK:EVENTS':
    case 'LINK:HANDOFF':
      return understood();
    default:
      return other(type.slice(0, type.indexOf(':')));
  }
}

/**
 * The Item is not asked: of a disconnection to come, as in the US, it says nothing, and its word would
 * replace this.
 */
function expiry(time: LosslessJson | undefined): Meaning {
  const at = typeof time === 'string' ? parseTimestamp(time) : null;
  return at === null ? notUnderstood(CONNECTION) : understood({ kind: 'consent_expires', at });
}

function other(type: string): Meaning {
  if (OTHER_PRODUCTS.has(type)) return understood();
  if (type === 'TRANSACTIONS') return notUnderstood(...TRANSACTIONS);
  if (type === 'ITEM') return notUnderstood(CONNECTION);
  return notUnderstood();
}
