import type { KeyRing } from './key-ring.ts';

/** What is to be stored of a secret, as text, in the row of the endpoint with this id. */
export const sealEndpointSecret = (keyRing: KeyRing, endpointId: string, secret: string): Buffer =>
  keyRing.seal(secret, rowOf(endpointId));

/** The secret as text. Throws when its key is not in the ring. */
export const openEndpointSecret = (
  keyRing: KeyRing,
  endpointId: string,
  sealed: Uint8Array,
): string => keyRing.open(sealed, rowOf(endpointId));

const rowOf = (endpointId: string): string => `endpoint:${endpointId}`;
