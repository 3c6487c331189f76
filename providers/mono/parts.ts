import type { LosslessJson } from '../json.ts';

export type Parts = { readonly [key: string]: LosslessJson };

const NO_PARTS: Parts = {};

/** The fields of an object; of anything else none. */
export function partsOf(value: LosslessJson | undefined): Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : NO_PARTS;
}
