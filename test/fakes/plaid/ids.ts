import { createHash, randomBytes, randomUUID } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Plaid's ids of items, accounts and transactions: 37 case-sensitive letters and digits. */
export function plaidId(): string {
  return letters(randomBytes(37));
}

/** The same id for the same parts: a transaction's in one account of one item. */
export function derivedId(...parts: readonly string[]): string {
  return letters(createHash('sha512').update(parts.join('\n')).digest().subarray(0, 37));
}

export function requestId(): string {
  return letters(randomBytes(15));
}

/** Such as `access-sandbox-…`: "access-<environment>-<identifier>" (docs/errors/invalid-input). */
export function token(kind: 'access' | 'public' | 'link', environment: string): string {
  return `${kind}-${environment}-${randomUUID()}`;
}

function letters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => DIGITS[byte % DIGITS.length]).join('');
}
