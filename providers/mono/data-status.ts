import type { LosslessJson } from '../json.ts';
import { monoError } from './errors.ts';
import type { Parts } from './parts.ts';

/** What an account has, besides its identity. */
export type Part = 'balance' | 'transactions';

/** `unsure`: Mono says nothing that its documents know. */
export type Availability =
  | 'available'
  | 'processing'
  | 'absent'
  | 'unavailable'
  | 'failed'
  | 'unsure';

/**
 * Whether Mono holds a part of an account, by its `meta` (docs/financial-data/connect-link): unless it does,
 * lists are empty and a balance of 0 is none. Case and spelling vary between the pages.
 */
export function availabilityOf(part: Part, meta: Parts): Availability {
  switch (wordIn(meta['data_status'])) {
    case 'AVAILABLE':
      return 'available';
    case 'PARTIAL':
      return retrieved(meta)?.includes(part) ? 'available' : 'absent';
    case 'PROCESSING':
      return 'processing';
    case 'UNAVAILABLE':
      return 'unavailable';
    case 'FAILED':
      return 'failed';
    default:
      return 'unsure';
  }
}

/** The parts that `retrieved_data` lists; null where it is not told. */
export function retrieved(meta: Parts): readonly string[] | null {
  const list = meta['retrieved_data'];
  if (!Array.isArray(list)) return null;
  return list.filter((one) => typeof one === 'string').map((one) => one.toLowerCase());
}

/** Throws the `retry` that says why a part cannot be read. A webhook ends the wait for it. */
export function refuseMissing(part: Part, availability: Availability): void {
  switch (availability) {
    case 'absent':
    case 'unavailable':
    case 'failed':
    case 'processing':
      throw monoError('retry', `${part}_${availability}`);
    case 'available':
    case 'unsure':
  }
}

export function wordIn(value: LosslessJson | undefined): string {
  return typeof value === 'string' ? value.trim().toUpperCase() : '';
}

/** In British or American spelling: both are documented. */
export function wantsLogin(word: string): boolean {
  return /^REAUTHORI[SZ]ATION_REQUIRED$/.test(word);
}
