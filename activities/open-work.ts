import type { Product } from '../config/product.ts';
import {
  MOST_PENDING_WEBHOOKS,
  pendingWebhooks,
  type PendingWebhook,
} from '../db/pending-webhooks.ts';
import type { SyncInput } from './contract.ts';
import type { ActivityDeps } from './deps.ts';
import { heldInFull } from './held-in-full.ts';
import type { OpenAccount } from './open-account.ts';
import { pendingEffects, type PendingEffect } from './pending-effects.ts';
import { isOnly } from './triggers.ts';

export interface PendingWork {
  readonly webhooks: readonly PendingWebhook[];
  readonly effects: readonly PendingEffect[];
  /** More webhooks wait than one sync takes. */
  readonly more: boolean;
}

/**
 * The webhooks that a sync has to put into effect, and what they say; where the bank is not to be
 * called, those that hold everything. Null when only webhooks asked for it and none is left.
 */
export async function pendingWork(
  deps: ActivityDeps,
  input: SyncInput,
  product: Product,
  { account, provider }: OpenAccount,
): Promise<PendingWork | null> {
  const webhooks = await pendingWebhooks(deps.db, input.accountId, product);
  const effects = pendingEffects(provider, account.providerAccountId, product, webhooks);
  const more = input.mayCall && webhooks.length === MOST_PENDING_WEBHOOKS;
  const work = input.mayCall ? { webhooks, effects } : heldInFull(webhooks, effects);
  if (isOnly('webhook', input.triggers) && work.webhooks.length === 0) return null;
  return { ...work, more };
}
