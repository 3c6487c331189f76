import { currencyCode } from '../currency-code.ts';
import { retrievedOf } from '../extract.ts';
import { realTimeAnswer } from '../real-time.ts';
import { linkedAccount, type Handle } from './handle.ts';

/**
 * GET /v2/accounts/{id} (docs/financial-data/connect-link). That the balance is 0 before it was
 * retrieved is a guess: the documents only say that one must wait for the data status.
 *
 * Real time is of api/bank-data/accounts/details, September 2025; the page on real-time data names
 * only the balance and the transactions.
 */
export const describeAccount: Handle = (fake, request) => {
  const account = linkedAccount(fake, request);
  const realTime = realTimeAnswer(fake, account, 'balance', request.realTime);
  if (realTime.instead !== null) return realTime.instead;
  const { institution } = account;
  return {
    headers: realTime.headers,
    data: {
      account: {
        id: account.id,
        name: account.name,
        account_number: account.number,
        currency: currencyCode(account.currency, fake.world.settings),
        balance: account.shown.balance ?? 0,
        type: account.type,
        bvn: account.bvn,
        institution: {
          name: institution.name,
          [fake.world.settings.bankCodeKey]: institution.bankCode,
          type: institution.type,
        },
      },
      customer: { id: account.customerId },
      meta: {
        data_status: account.dataStatus,
        auth_method: account.authMethod,
        data_request_id: `AL${account.id.slice(0, 10).toUpperCase()}`,
        session_id: account.id.slice(0, 20),
        retrieved_data: ['identity', ...retrievedOf(account)],
        ...(account.ref !== null && { ref: account.ref }),
      },
    },
  };
};
