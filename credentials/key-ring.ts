import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { ConfigError } from '../config/secrets.ts';

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals credentials, and what banks send, so that only this key ring, for this row, opens them again. */
export interface KeyRing {
  /**
   * AES-256-GCM under the first key. `row` (such as a connection's id) is bound in: the result
   * opens for no other.
   */
  seal(plaintext: string | Uint8Array, row: string): Buffer;
  /** Throws when the key is not in the ring, or the bytes were altered or belong to another row. */
  open(sealed: Uint8Array, row: string): string;
  /** As `open`, for what need not be text. */
  openBytes(sealed: Uint8Array, row: string): Buffer;
}

/**
 * @param keys `name:base64` entries, comma-separated, each key 32 bytes. The first encrypts; all decrypt, so that a new
 *   key is put in front and the old one kept. Throws `ConfigError` when malformed.
 */
export function createKeyRing(keys: string): KeyRing {
  const ring = new Map<string, KeyObject>();
  for (const entry of keys.split(',')) {
    const [name, encoded, ...rest] = entry.trim().split(':');
    const key = Buffer.from(encoded ?? '', 'base64');
    if (!name || !/^[A-Za-z0-9_-]{1,32}$/.test(name) || rest.length > 0 || key.length !== 32) {
      throw new ConfigError(
        'FRESHET_CREDENTIALS_KEYS takes name:base64 entries, comma-separated, each of 32 bytes',
      );
    }
    if (ring.has(name)) throw new ConfigError(`FRESHET_CREDENTIALS_KEYS names ${name} twice`);
    // Made once: of bytes it would be made anew for each seal, at most of its cost.
    ring.set(name, createSecretKey(key));
  }
  const [current] = ring;
  if (!current) throw new ConfigError('FRESHET_CREDENTIALS_KEYS has no key');
  const [currentName, currentKey] = current;

  const head = Buffer.concat([Buffer.of(FORMAT, currentName.length), Buffer.from(currentName)]);

  function openBytes(sealed: Uint8Array, row: string): Buffer {
    const bytes = Buffer.from(sealed);
    const nameEnd = 2 + (bytes[1] ?? 0);
    const key = ring.get(bytes.subarray(2, nameEnd).toString());
    if (bytes[0] !== FORMAT || !key) throw new Error('sealed with a key that is not in the ring');
    const tagStart = nameEnd + IV_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nameEnd, tagStart));
    decipher.setAAD(Buffer.from(row));
    decipher.setAuthTag(bytes.subarray(tagStart, tagStart + TAG_BYTES));
    const body = bytes.subarray(tagStart + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  }

  return {
    seal(plaintext, row) {
      const iv = freshIv();
      const cipher = createCipheriv('aes-256-gcm', currentKey, iv);
      cipher.setAAD(Buffer.from(row));
      const text = typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext;
      const body = cipher.update(text);
      // In this mode nothing is left for the end.
      cipher.final();
      return Buffer.concat([head, iv, cipher.getAuthTag(), body]);
    },
    open: (sealed, row) => openBytes(sealed, row).toString('utf8'),
    openBytes,
  };
}

/** Drawn in advance, for many: a draw costs the same, however little it gives. */
let drawn = Buffer.alloc(0);

function freshIv(): Buffer {
  if (drawn.length < IV_BYTES) drawn = randomBytes(256 * IV_BYTES);
  const iv = drawn.subarray(0, IV_BYTES);
  drawn = drawn.subarray(IV_BYTES);
  return iv;
}
