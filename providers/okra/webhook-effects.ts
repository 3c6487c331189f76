import { ProviderError } from '../errors.ts';
import type { LosslessDocument, LosslessJson } from '../json.ts';
import type { TranslatedWebhook, WebhookEffect } from '../provider.ts';
import type { OkraEvent } from './event.ts';
import { hintFor } from './positions.ts';
import { toBalance } from './transform/balance.ts';

type Parts = { readonly [key: string]: LosslessJson };

/** What an event asks of us. `parts` is its body, as `document` holds it. */
export function effectsOf(
  okra: OkraEvent,
  parts: Parts,
  document: LosslessDocument,
): Pick<TranslatedWebhook, 'effects' | 'understood'> {
  const effects = knownEffects(okra, parts, document) ?? guess(okra);
  if (effects === null) return { effects: [], understood: false };
  return { effects, understood: effects.every(({ kind }) => kind !== 'unclear') };
}

/** Null: the code is not one of those that are documented. */
function knownEffects(
  okra: OkraEvent,
  parts: Parts,
  document: LosslessDocument,
): WebhookEffect[] | null {
  switch (okra.type) {
    case 'BALANCE_SUCCESS':
      return [balanceEffect(okra, parts['balance'], document)];
    case 'ACCOUNTS_SUCCESS':
      return [balanceEffect(okra, parts['account'], document)];
    case 'INITIAL_TRANSACTIONS':
    case 'FULL_TRANSACTIONS':
    case 'PERIODIC_TRANSACTIONS':
      return [newTransactionsEffect(okra)];
    case 'TRANSACTIONS_DELETED':
      return [removalEffect(okra)];
    case 'AUTH_EXPIRED':
      return [{ kind: 'reauth_required' }];
    case 'AUTH_REVOKED':
      return [{ kind: 'revoked' }];
    case 'AUTH_SUCCESS':
      return okra.isNewLogin ? [{ kind: 'reauthorized' }] : [];
    case 'IDENTITY_IS_READY':
      return [];
    default:
      return null;
  }
}

/**
 * Amounts that cannot be stored as they stand (no account, no time to order them by, no number) are
 * read from the bank instead.
 */
function balanceEffect(
  okra: OkraEvent,
  part: LosslessJson | undefined,
  document: LosslessDocument,
): WebhookEffect {
  const { account: providerAccountId, time: dataAsOf } = okra;
  const raw = part === undefined ? undefined : document.sourceOf(part);
  if (part !== undefined && raw !== undefined && providerAccountId !== null && dataAsOf !== null) {
    try {
      const balance = toBalance(part, { providerAccountId, dataAsOf, raw });
      return { kind: 'balance', balance };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
    }
  }
  return { kind: 'unclear', product: 'balance' };
}

function newTransactionsEffect(okra: OkraEvent): WebhookEffect {
  const { record, time } = okra;
  return record
    ? { kind: 'changed', product: 'transaction', hint: hintFor(record, time) }
    : { kind: 'unclear', product: 'transaction' };
}

function removalEffect(okra: OkraEvent): WebhookEffect {
  const { removed } = okra;
  return removed
    ? { kind: 'transactions_removed', providerTransactionIds: removed }
    : { kind: 'unclear', product: 'transaction' };
}

/**
 * Codes that were promised and never documented, such as `TRANSACTIONS_SUCCESS`. One that reports a
 * failure asks for nothing: answering it with a read could make the bank fail, and report, again. Null: it
 * names nothing of ours.
 */
function guess({ type, hasFailed }: OkraEvent): WebhookEffect[] | null {
  if (type.includes('FAIL') || hasFailed) return [];
  if (type.includes('TRANSACTION')) return [{ kind: 'unclear', product: 'transaction' }];
  if (type.includes('BALANCE')) return [{ kind: 'unclear', product: 'balance' }];
  return null;
}
