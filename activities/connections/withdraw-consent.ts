import { openCredentials } from '../../credentials/open-credentials.ts';
import { meterCalls } from '../../db/calls/meter-calls.ts';
import { findCredentials } from '../../db/connections/find-credentials.ts';
import { noteConnectionError } from '../../db/connections/note-connection-error.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { CallContext } from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';

/**
 * Ends a connection's consent at its provider; nothing where that is done, or is to be left out. Throws
 * `ProviderError` where it should be tried again: always, as the operator can leave the provider out.
 */
export async function withdrawConsent(
  deps: ActivityDeps,
  connectionId: string,
  context: CallContext,
): Promise<void> {
  const { db, providers, keyRing } = deps;
  const consent = await findCredentials(db, connectionId);
  if (!consent || consent.status !== 'unlinking' || consent.unlink_forced) return;
  const { provider: name, provider_connection_id: providerConnectionId } = consent;
  try {
    const provider = providers.get(name);
    if (!provider) throw new ProviderError(name, 'config', 'provider_not_configured');
    const credentials = openCredentials(keyRing, consent);
    const call = meterCalls(deps, context, { provider: name, connectionId });
    await provider.unlink({ providerConnectionId, credentials }, call);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind === 'gone') return;
    await noteConnectionError(db, connectionId, error.code);
    throw error;
  }
}
