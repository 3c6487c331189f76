import { z } from 'zod';
import { ProviderError } from '../../errors.ts';
import type { LosslessJson } from '../../json.ts';
import type { ProviderTransaction, RejectedItem } from '../../provider.ts';
import { monoError } from '../errors.ts';
import { id } from '../fields.ts';
import { toTransaction } from './transaction.ts';

const remains = z.object({
  id: id.nullish().catch(null),
});

export type ReadTransaction =
  | { readonly transaction: ProviderTransaction }
  | { readonly rejected: RejectedItem };

/** Reads one item of a list. A faulty one is told apart, so that it does not spoil the others. */
export function readTransaction(
  item: { readonly value: LosslessJson; readonly raw: string; readonly isCut: boolean },
  currency: string,
): ReadTransaction {
  const { value, raw } = item;
  try {
    // Postgres' own reader of JSON would refuse it, and the rest of the page with it.
    if (item.isCut) throw monoError('bug', 'too_deep');
    return { transaction: toTransaction(value, raw, currency) };
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'bug') throw error;
    const found = remains.safeParse(value).data;
    const providerId = found?.id ?? null;
    return { rejected: { providerId, reason: error.code, raw } };
  }
}
