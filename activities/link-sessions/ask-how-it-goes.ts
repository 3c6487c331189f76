import { openLinkSession } from '../../credentials/link-session.ts';
import { meterCalls } from '../../db/calls/meter-calls.ts';
import type { OpenedLinkSession } from '../../db/link-sessions/find-link-session.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { CallContext, LinkProgress, Provider } from '../../providers/provider.ts';
import type { ActivityDeps } from '../deps.ts';

/** Why the provider did not tell. `isToRepeat`: it may, later. */
export interface NotTold {
  readonly code: string;
  readonly isToRepeat: boolean;
}

/** Asks the provider how a session goes; null where it cannot be asked. An error of its is an answer, too. */
export async function askHowItGoes(
  deps: Pick<ActivityDeps, 'db' | 'keyRing' | 'logger' | 'metrics'>,
  session: OpenedLinkSession,
  provider: Provider,
  context: CallContext,
): Promise<(LinkProgress & { readonly isToRepeat?: never }) | NotTold | null> {
  if (!provider.readLink) return null;
  const secret = openLinkSession(deps.keyRing, session.id, session.secret);
  if (!secret) return { code: 'session_unreadable', isToRepeat: false };
  const subject = { provider: provider.name, connectionId: session.connection_id };
  try {
    return await provider.readLink(secret.providerSessionId, meterCalls(deps, context, subject));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { code: error.code, isToRepeat: error.kind === 'retry' || error.kind === 'restart' };
  }
}
