import { z } from 'zod';
import type { ProviderError } from '../errors.ts';
import type { LosslessJson } from '../json.ts';
import type { ProviderContext, Timestamp } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import { errorParts, itemError } from './errors.ts';
import { id, optionalTimestamp, read, words } from './fields.ts';

/** How an Item is. */
export interface ItemState {
  readonly itemId: string;
  readonly institutionId: string | null;
  readonly institutionName: string | null;
  readonly consentExpiresAt: Timestamp | null;
  /** What it needs; null where it is well. */
  readonly error: ProviderError | null;
  /** When Plaid last read its transactions, and the balances with them, from the bank. */
  readonly updatedAt: Timestamp | null;
  readonly createdAt: Timestamp | null;
}

const item = z.object({
  item_id: id,
  institution_id: id.nullish().catch(null),
  institution_name: words,
  consent_expiration_time: optionalTimestamp,
  created_at: optionalTimestamp,
  error: z.unknown().optional(),
});

const status = z
  .object({
    transactions: z.object({ last_successful_update: optionalTimestamp }).nullish().catch(null),
  })
  .nullish()
  .catch(null);

/** `/item/get`: reads what Plaid knows, and does not ask the bank. `itemId` null: not known yet. */
export async function readItem(
  api: PlaidApi,
  access: { readonly accessToken: string; readonly itemId: string | null },
  context: ProviderContext,
): Promise<ItemState> {
  const { fields } = await api.post(
    { path: 'item/get', body: { access_token: access.accessToken }, itemId: access.itemId },
    context,
  );
  const found = read(item, fields['item'], 'item');
  const parts = errorParts(found.error as LosslessJson | undefined);
  return {
    itemId: found.item_id,
    institutionId: found.institution_id ?? null,
    institutionName: found.institution_name,
    consentExpiresAt: found.consent_expiration_time ?? null,
    error: parts && itemError(parts),
    updatedAt: status.parse(fields['status'])?.transactions?.last_successful_update ?? null,
    createdAt: found.created_at ?? null,
  };
}

/**
 * Throws what an Item needs of its customer, or that it has ended. Of other errors, an outage of its bank
 * say, what Plaid holds of it can be read all the same.
 */
export function assertConsent({ error }: ItemState): void {
  if (error?.kind === 'reauth' || error?.kind === 'gone') throw error;
}
