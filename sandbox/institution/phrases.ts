import type { Random } from '../random.ts';

const FIRST = [
  'Adaeze',
  'Babajide',
  'Chidinma',
  'Danjuma',
  'Efosa',
  'Folake',
  'Gambo',
  'Hadiza',
  'Ifeoma',
  'Kelechi',
  'Ladi',
  'Musa',
  'Ngozi',
  'Osaze',
  'Tamuno',
  'Yetunde',
] as const;

const LAST = [
  'Abegunde',
  'Bassey',
  'Chukwuma',
  'Dantata',
  'Ekwueme',
  'Fagbemi',
  'Gwarzo',
  'Idahosa',
  'Jatau',
  'Lawanson',
  'Makinde',
  'Nnamdi',
  'Okonjo',
  'Preye',
  'Tanko',
  'Umeh',
] as const;

const SHOPS = [
  'Palm Grove Stores',
  'Oke Fuel Station',
  'Suya Corner',
  'Lagoon Electric',
  'Blue Kite Airtime',
  'Marina Pharmacy',
  'Ferry Rides',
  'Kite Water Board',
] as const;

const EMPLOYERS = ['Tidewater Works', 'Savanna Logistics', 'Indigo Textiles'] as const;

/** A made-up person. */
export function personName(random: Random): string {
  return `${random.pick(FIRST)} ${random.pick(LAST)}`;
}

/** What a bank would print for a payment: a counterparty and a line of text. */
export function paymentPhrase(
  random: Random,
  direction: 'credit' | 'debit',
): { counterparty: string; description: string } {
  if (direction === 'debit' && random.below(3) > 0) {
    const counterparty = random.pick(SHOPS);
    return { counterparty, description: `POS PURCHASE ${counterparty.toUpperCase()}` };
  }
  if (direction === 'credit' && random.below(4) === 0) {
    const counterparty = random.pick(EMPLOYERS);
    return { counterparty, description: `SALARY ${counterparty.toUpperCase()}` };
  }
  const counterparty = personName(random);
  const way = direction === 'credit' ? 'FROM' : 'TO';
  return { counterparty, description: `TRANSFER ${way} ${counterparty.toUpperCase()}` };
}
