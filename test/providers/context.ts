import type { ProviderContext } from '../../providers/provider.ts';
import { unmetered } from '../../providers/unmetered.ts';

export interface TestContext extends ProviderContext {
  readonly beats: () => number;
}

/** A call's context that counts heartbeats. */
export function testContext(signal: AbortSignal = new AbortController().signal): TestContext {
  let beats = 0;
  return {
    ...unmetered(signal),
    heartbeat: () => {
      beats += 1;
    },
    beats: () => beats,
  };
}
