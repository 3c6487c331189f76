import { createRandom, seedState } from '../random.ts';
import type { Bank } from './types.ts';

const NAMES = [
  'Harmattan Bank',
  'Cowrie Trust',
  'Baobab Savings',
  'Confluence Microfinance',
  'Zuma Rock Bank',
] as const;

/** The invented banks. Their ids are the same in every sandbox. */
export const banks: readonly [Bank, ...Bank[]] = [
  bank(NAMES[0]),
  ...NAMES.slice(1).map((name) => bank(name)),
];

/** Finds a bank by id, slug or name. */
export function findBank(key: string): Bank | undefined {
  return banks.find(({ id, slug, name }) => key === id || key === slug || key === name);
}

/** The bank with this id. Throws when there is none. */
export function bankById(id: string): Bank {
  const found = banks.find((bank) => bank.id === id);
  if (found === undefined) throw new Error('no such bank');
  return found;
}

function bank(name: string): Bank {
  const slug = name.toLowerCase().replaceAll(' ', '-');
  return { id: createRandom(seedState(`bank/${slug}`)).objectId(), name, slug };
}
