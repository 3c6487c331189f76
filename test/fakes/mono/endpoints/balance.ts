import { currencyCode } from '../currency-code.ts';
import { realTimeAnswer } from '../real-time.ts';
import { linkedAccount, type Handle } from './handle.ts';

/**
 * GET /v2/accounts/{id}/balance (docs/financial-data/realtime-data). What was never retrieved is
 * "an empty payload" (docs/financial-data/connect-link); that this is `{}` is a guess.
 */
export const readBalance: Handle = (fake, request) => {
  const account = linkedAccount(fake, request);
  const realTime = realTimeAnswer(fake, account, 'balance', request.realTime);
  if (realTime.instead !== null) return realTime.instead;
  const { balance } = account.shown;
  return {
    headers: realTime.headers,
    data:
      balance === null
        ? {}
        : {
            id: account.id,
            name: account.name,
            account_number: account.number,
            balance,
            currency: currencyCode(account.currency, fake.world.settings),
          },
  };
};
