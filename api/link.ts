import type { z } from 'zod';
import { linkConnection, newId } from '../db/connections/link-connection.ts';
import type { JsonValue } from '../providers/provider.ts';
import type { ApiDeps } from './deps.ts';
import { doConnectionWork } from './do-connection-work.ts';
import { Problem } from './http/problem.ts';
import { providerCall } from './provider-call.ts';
import type { linkRequest } from './schemas/connection.ts';
import { toRefreshSettings } from './schemas/refresh-setting.ts';

/**
 * Links a connection, or links it again. What the provider's link flow gave is exchanged and stored at
 * once, as it may be good for one time only; a workflow finds the accounts and starts them, which is
 * waited for for some seconds.
 */
export async function link(
  deps: ApiDeps,
  request: z.output<ReturnType<typeof linkRequest>>,
): Promise<{ id: string; created: boolean }> {
  const { db, providers, keyRing } = deps;
  const provider = providers.get(request.provider);
  if (!provider) {
    const allowed = providers.names;
    const message = `must be a configured provider: ${allowed.join(', ') || 'there is none'}`;
    const errors = [{ field: 'provider', message, allowed }];
    throw new Problem(400, 'invalid_request', `provider: ${message}`, { errors });
  }
  const linked = await provider.link(request.link as JsonValue, providerCall(deps, provider.name));
  const { interval, products, webhookUrl } = toRefreshSettings(request.refresh);
  const stored = await linkConnection(db, {
    id: await newId(db),
    provider: provider.name,
    linked,
    sealFor: (id) => keyRing.seal(JSON.stringify(linked.credentials), id),
    reference: request.reference ?? null,
    settings: { interval, products, webhook_url: webhookUrl },
    replacesSettings: request.refresh !== undefined,
    newAccounts: request.new_accounts,
  });
  if (stored.state === 'unlinking') {
    const detail = 'This consent is being withdrawn: link it again when that is done.';
    throw new Problem(409, 'connection_unlinking', detail, { retryAfterSeconds: 5 });
  }
  await doConnectionWork(deps, 'link', { id: stored.id, provider: provider.name });
  return stored;
}
