import type { CountryCode, Institution } from 'plaid';
import type { BankInstitution } from '../../bank/types.ts';
import type { Wire } from '../../wire.ts';

export function institutionShape(institution: BankInstitution): Wire<Institution> {
  return {
    institution_id: institution.id,
    name: institution.name,
    products: ['balance', 'transactions'],
    country_codes: institution.countries as readonly `${CountryCode}`[],
    routing_numbers: [],
    oauth: institution.oauth,
  };
}
