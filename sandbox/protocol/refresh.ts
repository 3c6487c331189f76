import { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { RefreshMethod } from '../extraction/refresh-jobs.ts';
import { loginStateOf } from '../institution/login.ts';
import { endpoint, type CallInfo, type Endpoint } from './endpoint.ts';
import type { Answer } from './envelope.ts';
import { id } from './fields.ts';
import { loginExpired } from './protocol-error.ts';
import { accountById } from './selection.ts';

// The documentation's own sample sends the last two along.
const schema = z.strictObject({
  account_id: id,
  record_id: id.optional(),
  currency: z.string().length(3).optional(),
});

/**
 * `balance/refresh` and `transactions/refresh`: each starts an extraction and names its callback.
 */
export const refreshEndpoints: readonly Endpoint[] = [
  endpoint('balance/refresh', schema, (bank, input, call) =>
    refresh(bank, input.account_id, 'BALANCE', 'Balance checking...', call),
  ),
  endpoint('transactions/refresh', schema, (bank, input, call) =>
    refresh(bank, input.account_id, 'REFRESH_TRANSACTIONS', 'Transactions processing...', call),
  ),
];

function refresh(
  bank: Bank,
  accountId: string,
  method: RefreshMethod,
  message: string,
  call: CallInfo,
): Answer {
  const account = accountById(bank, accountId, 'account_id');
  if (loginStateOf(bank.world, account.details) === 'required') throw loginExpired();
  const record = bank.refreshJobs.start(account, method, call.failRefreshWith);
  return {
    message,
    data: {
      callback_url: `${call.baseUrl}/callback?record=${record.id}&method=${method}`,
      record: record.id,
      method,
    },
  };
}
