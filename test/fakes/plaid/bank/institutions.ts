import type { BankInstitution } from './types.ts';

/** The one whose `/accounts/balance/get` needs `min_last_updated_datetime` (docs/api/accounts). */
export const CAPITAL_ONE = 'ins_128026';

/** A few of those that Plaid's sandbox has. */
export const INSTITUTIONS: readonly BankInstitution[] = [
  { id: 'ins_109508', name: 'First Platypus Bank', oauth: false, countries: ['US'] },
  { id: 'ins_127287', name: 'Platypus OAuth Bank', oauth: true, countries: ['US'] },
  { id: CAPITAL_ONE, name: 'Capital One', oauth: true, countries: ['US'] },
  { id: 'ins_117650', name: 'Royal Bank of Plaid', oauth: false, countries: ['GB'] },
  { id: 'ins_43', name: 'Tartan-Dominion Bank of Canada', oauth: false, countries: ['CA'] },
];
