import { meterCalls, type MeterDeps } from '../db/calls/meter-calls.ts';
import type { ProviderContext } from '../providers/provider.ts';

/** How long the provider may take while a caller waits. */
const PROVIDER_DEADLINE_MS = 30_000;

/** The context of a call to a provider for which a caller waits. */
export function providerCall(
  deps: MeterDeps,
  provider: string,
  connectionId: string | null = null,
): ProviderContext {
  const signal = AbortSignal.timeout(PROVIDER_DEADLINE_MS);
  return meterCalls(deps, { signal, heartbeat: () => undefined }, { provider, connectionId });
}
