import type { CallContext } from '../providers/provider.ts';

/** How long the provider may take while a caller waits. */
const PROVIDER_DEADLINE_MS = 30_000;

export const providerCall = (): CallContext => ({
  signal: AbortSignal.timeout(PROVIDER_DEADLINE_MS),
  heartbeat: () => undefined,
});
