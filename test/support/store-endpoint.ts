import { createKeyRing } from '../../credentials/key-ring.ts';
import { sealEndpointSecret } from '../../credentials/endpoint-secret.ts';
import { newId } from '../../db/connections/link-connection.ts';
import { createEndpointSecret } from '../../events/endpoint-secret.ts';
import type { Freshet } from './start-freshet.ts';

/** An endpoint that hears of everything. Answers with its id. */
export async function storeEndpoint(
  { db, env }: Freshet,
  url: string,
  secret = createEndpointSecret(),
  payload: 'full' | 'ids' = 'full',
): Promise<string> {
  const id = await newId(db);
  const keyRing = createKeyRing(env['FRESHET_CREDENTIALS_KEYS'] ?? '');
  const sealed = sealEndpointSecret(keyRing, id, secret);
  await db.insertInto('webhook_endpoints').values({ id, url, payload, secret: sealed }).execute();
  return id;
}
