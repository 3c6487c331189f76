import type { ProviderContext } from './provider.ts';

/** For a call that is nobody's in particular: it keeps to no budget and is not counted. */
export const unmetered = (signal: AbortSignal): ProviderContext => ({
  signal,
  heartbeat: () => undefined,
  take: () => Promise.resolve(0),
  paid: () => Promise.resolve(),
});
