import type { KeyObject } from 'node:crypto';
import { openEndpointSecret, sealEndpointSecret } from '../../credentials/endpoint-secret.ts';
import type { ClaimedEndpoint } from '../../db/endpoints/claim-endpoint.ts';
import { ensureSecret } from '../../db/endpoints/ensure-secret.ts';
import { createEndpointSecret, parseEndpointSecret } from '../../events/endpoint-secret.ts';
import type { ActivityDeps } from '../deps.ts';

/**
 * What an endpoint's deliveries are signed with: the new key first, and the old one while the secret is
 * rotated. Rejects where the key ring cannot open them: nothing is sent unsigned.
 */
export async function signingKeys(
  { db, keyRing }: Pick<ActivityDeps, 'db' | 'keyRing'>,
  { id, secret, old_secret: oldSecret }: ClaimedEndpoint,
): Promise<KeyObject[]> {
  const current =
    secret ??
    (await ensureSecret(db, id, () => sealEndpointSecret(keyRing, id, createEndpointSecret())));
  const sealed = [current, oldSecret].filter((one) => one !== null && one !== undefined);
  return sealed.map((one) => {
    const key = parseEndpointSecret(openEndpointSecret(keyRing, id, one));
    if (!key) throw new Error('an endpoint has a secret that is none');
    return key;
  });
}
