import { z } from 'zod';
import { ProviderError } from '../../errors.ts';
import type { LosslessJson } from '../../json.ts';
import type { RejectedItem } from '../../provider.ts';
import { plaidError } from '../errors.ts';
import { id } from '../fields.ts';
import { toTransaction, type OwnedTransaction } from './transaction.ts';

/** A transaction that cannot be taken, with what little can be read of it. */
export interface RejectedTransaction {
  /** Null where not even the account can be read. */
  readonly account: string | null;
  readonly rejected: RejectedItem;
}

const remains = z.object({
  transaction_id: id.nullish().catch(null),
  account_id: id.nullish().catch(null),
});

/** Reads one item of a list. A faulty one is told apart, so that it does not spoil the others. */
export function readTransaction(item: {
  readonly value: LosslessJson;
  readonly raw: string;
  readonly isCut: boolean;
}): OwnedTransaction | RejectedTransaction {
  const { value, raw } = item;
  try {
    // Postgres' own reader of JSON would refuse it, and the rest of the page with it.
    if (item.isCut) throw plaidError('bug', 'too_deep');
    return toTransaction(value, raw);
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'bug') throw error;
    const found = remains.safeParse(value).data;
    return {
      account: found?.account_id ?? null,
      rejected: { providerId: found?.transaction_id ?? null, reason: error.code, raw },
    };
  }
}
