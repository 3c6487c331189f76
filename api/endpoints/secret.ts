import { openEndpointSecret, sealEndpointSecret } from '../../credentials/endpoint-secret.ts';
import { ensureSecret } from '../../db/endpoints/ensure-secret.ts';
import { rotateSecret } from '../../db/endpoints/rotate-secret.ts';
import { createEndpointSecret } from '../../events/endpoint-secret.ts';
import type { ApiDeps } from '../deps.ts';
import { notFound, Problem } from '../http/problem.ts';

/** What an endpoint's deliveries are signed with. It is made where it was not needed yet. */
export async function showSecret({ db, keyRing }: ApiDeps, endpointId: string): Promise<string> {
  const sealed = await ensureSecret(db, endpointId, () =>
    sealEndpointSecret(keyRing, endpointId, createEndpointSecret()),
  );
  if (!sealed) throw notFound('endpoint');
  try {
    return openEndpointSecret(keyRing, endpointId, sealed);
  } catch {
    const detail =
      'The secret cannot be read: its key is not in FRESHET_CREDENTIALS_KEYS. Put the key back, or rotate the secret.';
    throw new Problem(409, 'secret_unreadable', detail);
  }
}

/** Replaces it, by one of the operator's own where that is given. Answers with the new one. */
export async function replaceSecret(
  { db, keyRing }: ApiDeps,
  endpointId: string,
  wanted: { readonly secret?: string | undefined; readonly keepOldHours: number },
): Promise<string> {
  const secret = wanted.secret ?? createEndpointSecret();
  const sealed = sealEndpointSecret(keyRing, endpointId, secret);
  const { keepOldHours } = wanted;
  if (!(await rotateSecret(db, endpointId, { secret: sealed, keepOldHours }))) {
    throw notFound('endpoint');
  }
  return secret;
}
