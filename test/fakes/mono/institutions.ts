import type { Currency, Institution } from './types.ts';

/** One bank of each country that Mono covers. The ids are made up. */
export const INSTITUTIONS: Readonly<Record<Currency, Institution>> = {
  NGN: {
    id: '5f2d08bf60b92e2888287704',
    name: 'Lagoon Bank',
    bankCode: '058',
    country: 'ng',
    type: 'PERSONAL_BANKING',
  },
  GHS: {
    id: '5f2d08bf60b92e2888287705',
    name: 'Volta Bank',
    bankCode: '300',
    country: 'gh',
    type: 'PERSONAL_BANKING',
  },
  KES: {
    id: '5f2d08bf60b92e2888287706',
    name: 'Savanna Bank',
    bankCode: '01',
    country: 'ke',
    type: 'PERSONAL_BANKING',
  },
  ZAR: {
    id: '5f2d08bf60b92e2888287707',
    name: 'Karoo Bank',
    bankCode: '250',
    country: 'za',
    type: 'BUSINESS_BANKING',
  },
};
