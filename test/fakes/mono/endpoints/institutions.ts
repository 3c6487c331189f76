import { INSTITUTIONS } from '../institutions.ts';
import type { Handle } from './handle.ts';

/**
 * GET /v3/institutions, with `scope`, `bank_code` and `auth_method` to choose: needs the key and no
 * account, so it shows whether the key is right.
 *
 * Of docs/financial-data/connect-authentication; the forms of the authentication methods are left
 * out.
 */
export const listInstitutions: Handle = (_, { query }) => ({
  message: 'Request completed successfully',
  data: Object.values(INSTITUTIONS)
    .filter(({ bankCode }) => [undefined, bankCode].includes(query['bank_code']))
    .map(({ id, name, type, bankCode, country }) => ({
      _id: id,
      name,
      type,
      icon: 'https://connect.withmono.com/build/img/bank.png',
      identifier: 'mono.connections.identifier',
      bank_code: bankCode,
      nip_code: '000000',
      country,
      primary_color: '#004085',
      scope: [{ name: 'Financial Data', type: 'financial_data' }],
      auth_methods: [{ type: 'internet_banking' }],
    })),
});
