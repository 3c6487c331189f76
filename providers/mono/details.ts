import type { LosslessJson } from '../json.ts';
import type { CallContext } from '../provider.ts';
import { accountPath, type MonoAnswer, type MonoApi } from './api.ts';
import { monoError } from './errors.ts';
import { partsOf, type Parts } from './parts.ts';

export interface Details {
  readonly account: LosslessJson;
  /** How far Mono is with the account's data, and what the link was begun with. */
  readonly meta: Parts;
  readonly answer: MonoAnswer;
}

/**
 * `GET /v2/accounts/{id}`: the account, its balance and how far Mono is, in one answer. Rejects with `gone`
 * where there is no such account, or it was unlinked.
 */
export async function readDetails(
  api: MonoApi,
  accountId: string,
  context: CallContext,
): Promise<Details> {
  const call = { method: 'GET', path: accountPath(accountId), subject: 'account' } as const;
  const answer = await api.call(call, context);
  const { account, meta } = partsOf(answer.data);
  if (answer.data === null || account === undefined || account === null) {
    throw monoError('retry', 'answer_empty');
  }
  return { account, meta: partsOf(meta), answer };
}
