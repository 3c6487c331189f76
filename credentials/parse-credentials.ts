import type { JsonValue } from '../providers/provider.ts';

/** Reads what `JSON.stringify` made of a connection's credentials before they were sealed. */
export function parseCredentials(plaintext: string): JsonValue {
  return JSON.parse(plaintext) as JsonValue;
}
