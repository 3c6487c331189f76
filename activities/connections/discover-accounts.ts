import { openCredentials } from '../../credentials/open-credentials.ts';
import { meterCalls } from '../../db/calls/meter-calls.ts';
import { commitDiscovery } from '../../db/connections/commit-discovery.ts';
import { failDiscovery } from '../../db/connections/fail-discovery.ts';
import { findCredentials, type Consent } from '../../db/connections/find-credentials.ts';
import { noteConnectionError } from '../../db/connections/note-connection-error.ts';
import { putOffDiscovery } from '../../db/connections/put-off-discovery.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { CallContext, ConnectionAccounts } from '../../providers/provider.ts';
import type { Discovery } from './contract.ts';
import type { ActivityDeps } from '../deps.ts';
import { providerNotConfigured } from '../provider-not-configured.ts';

/** So often a check is tried. After a link there is no limit. */
const MOST_ATTEMPTS_OF_CHECK = 5;

type Deps = Pick<ActivityDeps, 'db' | 'providers' | 'keyRing' | 'logger' | 'metrics'>;

const ended = (outcome: Exclude<Discovery['outcome'], 'found'>): Discovery => ({
  outcome,
  added: 0,
  offered: 0,
});

/**
 * Asks the provider which accounts a connection has and stores what it tells. Begins anew when the
 * connection is linked again meanwhile, or a webhook tells of its consent. Throws `ProviderError` where
 * it should be tried again.
 */
export async function discoverAccounts(
  deps: Deps,
  connectionId: string,
  attempt: number,
  context: CallContext,
): Promise<Discovery> {
  for (;;) {
    context.signal.throwIfAborted();
    const consent = await findCredentials(deps.db, connectionId);
    if (!consent || consent.status === 'unlinking') return ended('unlinked');
    const discovery = await discover(deps, consent, attempt, context);
    if (discovery) return discovery;
  }
}

/** Null: what was found, or refused, was for credentials that are replaced, or of before a webhook. */
async function discover(
  deps: Deps,
  consent: Consent,
  attempt: number,
  context: CallContext,
): Promise<Discovery | null> {
  const { db, providers, keyRing } = deps;
  const { id, provider_connection_id: providerConnectionId } = consent;
  let found: ConnectionAccounts;
  const provider = providers.get(consent.provider);
  try {
    if (!provider) throw providerNotConfigured(consent.provider);
    const credentials = openCredentials(keyRing, consent);
    const call = meterCalls(deps, context, { provider: provider.name, connectionId: id });
    found = await provider.listAccounts({ providerConnectionId, credentials }, call);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { kind, code } = error;
    if (kind === 'reauth' || kind === 'gone') {
      const isNoted = await failDiscovery(db, consent, { kind, code });
      return isNoted ? ended(kind === 'reauth' ? 'reauth_required' : 'gone') : null;
    }
    const isCheck =
      consent.status !== 'linking' &&
      consent.accounts_checked_at !== null &&
      consent.check_requested_at === null;
    if (isCheck && attempt >= MOST_ATTEMPTS_OF_CHECK) {
      await putOffDiscovery(db, id);
      return ended('put_off');
    }
    await noteConnectionError(db, id, code);
    throw error;
  }
  const stored = await commitDiscovery(db, consent, found, provider.capabilities);
  switch (stored.outcome) {
    case 'stored':
      return { outcome: 'found', added: stored.added, offered: stored.offered };
    case 'outdated':
      return null;
    case 'no_accounts':
    case 'unlinked':
      return ended(stored.outcome);
  }
}
