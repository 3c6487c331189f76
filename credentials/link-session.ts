import { createHash } from 'node:crypto';
import type { JsonValue } from '../providers/provider.ts';
import type { KeyRing } from './key-ring.ts';

/** What opens a link session to whoever has it. */
export interface LinkSessionSecret {
  /** What the provider names it by. */
  readonly providerSessionId: string;
  /** The provider's page. */
  readonly url: string;
}

/** What is to be stored of it in the row of the session with this id. */
export const sealLinkSession = (keyRing: KeyRing, id: string, secret: LinkSessionSecret): Buffer =>
  keyRing.seal(JSON.stringify(secret), rowOf(id));

/** Null where it is forgotten, or its key is not in the ring any more. */
export function openLinkSession(
  keyRing: KeyRing,
  id: string,
  sealed: Uint8Array | null,
): LinkSessionSecret | null {
  if (sealed === null) return null;
  try {
    return JSON.parse(keyRing.open(sealed, rowOf(id))) as LinkSessionSecret;
  } catch {
    return null;
  }
}

/** By which a session is found that a webhook names. Enough for what is random, or no secret. */
export const hashLinkSession = (providerSessionId: string): Buffer =>
  createHash('sha256').update(providerSessionId).digest();

/** Of what is to be exchanged: the same, in whatever order its fields came. */
export const hashLink = (link: JsonValue): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(inOrder(link)))
    .digest();

function inOrder(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, inOrder(field)]));
}

const rowOf = (id: string): string => `link-session:${id}`;
