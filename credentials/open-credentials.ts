import { ProviderError } from '../providers/errors.ts';
import type { JsonValue } from '../providers/provider.ts';
import type { KeyRing } from './key-ring.ts';

/**
 * Opens a connection's credentials. Throws a `ProviderError` of the kind `config` when they cannot be:
 * the key ring lacks their key.
 */
export function openCredentials(
  keyRing: KeyRing,
  connection: {
    readonly id: string;
    readonly provider: string;
    readonly credentials: Uint8Array;
  },
): JsonValue {
  try {
    return JSON.parse(keyRing.open(connection.credentials, connection.id)) as JsonValue;
  } catch {
    throw new ProviderError(connection.provider, 'config', 'credentials_unreadable');
  }
}
