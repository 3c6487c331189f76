import type { Product } from '../../config/product.ts';
import { findAccountAndWebhooks } from '../../db/accounts/find-account-for-sync.ts';
import { MOST_PENDING_WEBHOOKS, type PendingWebhook } from '../../db/webhooks/pending-webhooks.ts';
import type { SyncInput } from '../contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { heldInFull } from './held-in-full.ts';
import { openAccount, type OpenAccount } from './open-account.ts';
import { pendingEffects, type PendingEffect } from './pending-effects.ts';
import { isOnly } from './triggers.ts';

export interface PendingWork {
  readonly webhooks: readonly PendingWebhook[];
  readonly effects: readonly PendingEffect[];
  /** More webhooks wait than one sync takes. */
  readonly more: boolean;
}

/**
 * The account, as `openAccount` gives it, and the webhooks that a sync has to put into effect, and what
 * they say; where the bank is not to be called, those that hold everything. No work when only webhooks
 * asked for it and none is left.
 */
export async function openWork(
  deps: ActivityDeps,
  input: SyncInput,
  product: Product,
): Promise<{ readonly opened: OpenAccount; readonly work: PendingWork | null }> {
  const found = await findAccountAndWebhooks(deps.db, input.accountId, product);
  const opened = openAccount(deps, found?.account);
  const webhooks = found?.webhooks ?? [];
  const { account, provider } = opened;
  const effects = pendingEffects(
    deps.keyRing,
    provider,
    account.providerAccountId,
    product,
    webhooks,
  );
  const more = input.mayCall && webhooks.length === MOST_PENDING_WEBHOOKS;
  const work = input.mayCall ? { webhooks, effects } : heldInFull(webhooks, effects);
  if (isOnly('webhook', input.triggers) && work.webhooks.length === 0)
    return { opened, work: null };
  return { opened, work: { ...work, more } };
}
