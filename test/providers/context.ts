import type { ProviderContext } from '../../providers/provider.ts';

export interface TestContext extends ProviderContext {
  readonly beats: () => number;
}

/** A call's context that counts heartbeats. */
export function testContext(signal: AbortSignal = new AbortController().signal): TestContext {
  let beats = 0;
  return {
    signal,
    heartbeat: () => {
      beats += 1;
    },
    take: async () => 0,
    paid: async () => undefined,
    beats: () => beats,
  };
}
