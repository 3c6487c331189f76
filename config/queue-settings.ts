import { z } from 'zod';
import { readVariables } from './environment.ts';
import { providerVariable } from './provider-variable.ts';
import type { Environment } from './secrets.ts';

/** What the operator says of a provider's queue. What is not given, the provider decides. */
export interface QueueSettings {
  /** Syncs at a time in one worker. */
  readonly concurrency: number | undefined;
  /** Syncs that begin in a second, over all workers. */
  readonly syncsPerSecond: number | undefined;
}

const concurrency = z.coerce.number().int().min(1).max(1_000).optional();
const syncsPerSecond = z.coerce.number().min(0.001).max(100_000).optional();

/**
 * Reads `FRESHET_<PROVIDER>_CONCURRENCY` and `FRESHET_<PROVIDER>_SYNCS_PER_SECOND` of each provider.
 * Throws `ConfigError` with a line for each that is wrong.
 */
export function readQueueSettings(
  environment: Environment,
  providers: readonly string[],
): ReadonlyMap<string, QueueSettings> {
  const concurrencies = providers.map((name) => providerVariable(name, 'CONCURRENCY'));
  const rates = providers.map((name) => providerVariable(name, 'SYNCS_PER_SECOND'));
  const read: Readonly<Record<string, number | undefined>> = readVariables(environment, {
    ...Object.fromEntries(concurrencies.map((name) => [name, concurrency])),
    ...Object.fromEntries(rates.map((name) => [name, syncsPerSecond])),
  });
  return new Map(
    providers.map((name, index) => [
      name,
      {
        concurrency: read[concurrencies[index] ?? ''],
        syncsPerSecond: read[rates[index] ?? ''],
      },
    ]),
  );
}
