import { hash } from 'node:crypto';

/** Packs the place where a list goes on into an opaque text. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Packs it together with a seal, which tells whether it is a place of the list with this scope. */
export const encodeSealed = (scope: unknown, parts: readonly string[]): string =>
  encodeCursor([sealOf(scope, parts), ...parts]);

/** @param scope all that decides which rows the list has, as JSON: its path and filters. */
export const sealOf = (scope: unknown, parts: readonly string[]): string =>
  hash('sha256', JSON.stringify([scope, parts]), 'base64url').slice(0, 16);
