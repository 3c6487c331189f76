import { ProviderError } from '../errors.ts';
import type { LosslessDocument } from '../json.ts';
import type { WebhookEffect } from '../provider.ts';
import { retrieved, wantsLogin, wordIn, type Part } from './data-status.ts';
import type { MonoEvent } from './event.ts';
import { toBalance } from './transform/balance.ts';

/**
 * What `account_updated` says of the account's data. A retrieval that failed brought nothing: what the event shows is
 * of before. What of the data is there, `data_status` and `retrieved_data` tell, as the balance is 0 where
 * it is not. Whatever else the status says, the account is read.
 */
export function updatedEffects(event: MonoEvent, document: LosslessDocument): WebhookEffect[] {
  const { meta } = event;
  const sync = wordIn(meta['sync_status']);
  if (wantsLogin(sync)) return [{ kind: 'reauth_required' }];
  if (sync === 'FAILED') return [];
  switch (wordIn(meta['data_status'])) {
    case 'PROCESSING':
    case 'UNAVAILABLE':
    case 'FAILED':
      return [];
    case 'AVAILABLE':
      return heldEffects(event, document, retrieved(meta) ?? ['balance', 'transactions']);
    case 'PARTIAL':
      return heldEffects(event, document, retrieved(meta) ?? []);
    default:
      return [
        { kind: 'changed', product: 'balance', hint: null },
        { kind: 'changed', product: 'transaction', hint: null },
      ];
  }
}

function heldEffects(
  event: MonoEvent,
  document: LosslessDocument,
  held: readonly string[],
): WebhookEffect[] {
  const has = (part: Part): boolean => held.includes(part);
  return [
    ...(has('balance') ? [balanceEffect(event, document)] : []),
    ...(has('transactions')
      ? [{ kind: 'changed', product: 'transaction', hint: null } as const]
      : []),
  ];
}

/**
 * The balance as of when Mono last changed the account. Without that time nobody can tell which of two balances
 * is the newer: it is read then.
 */
function balanceEffect(
  { account, details, updatedAt, sentAt }: MonoEvent,
  document: LosslessDocument,
): WebhookEffect {
  const dataAsOf = updatedAt ?? sentAt;
  const raw = document.sourceOf(details);
  if (account !== null && raw !== undefined) {
    if (dataAsOf === null) return { kind: 'changed', product: 'balance', hint: null };
    try {
      const balance = toBalance(details, { providerAccountId: account, dataAsOf, raw });
      return { kind: 'balance', balance };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
    }
  }
  return { kind: 'unclear', product: 'balance' };
}
