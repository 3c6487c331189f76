import type { QueueSettings } from '../config/queue-settings.ts';
import { providerTaskQueue } from '../config/task-queue.ts';
import type { ProviderRegistry } from '../providers/registry.ts';

/** The queue of one provider, as a worker serves it. */
export interface ProviderQueue {
  readonly provider: string;
  readonly taskQueue: string;
  /** Activities at a time in this worker. */
  readonly concurrency: number;
  /** Activities that begin in a second, over all workers; undefined: as many as come. */
  readonly perSecond: number | undefined;
}

export interface ProviderQueuesOptions {
  readonly taskQueue: string;
  readonly providers: ProviderRegistry;
  /** The names of all providers that there are, configured or not. */
  readonly known: readonly string[];
  /** What the operator says; it goes before what a provider says of itself. */
  readonly settings: ReadonlyMap<string, QueueSettings>;
}

const DEFAULT_CONCURRENCY = 24;

/**
 * The queue of every provider. One that is known but not configured is served too: its syncs fail at
 * once and say why, where they would else wait for a worker that never comes.
 */
export function providerQueues(options: ProviderQueuesOptions): ProviderQueue[] {
  const { taskQueue, providers, known, settings } = options;
  return [...new Set([...known, ...providers.names])].map((provider) => {
    const wanted = settings.get(provider);
    const own = providers.get(provider)?.capabilities;
    return {
      provider,
      taskQueue: providerTaskQueue(taskQueue, provider),
      concurrency: wanted?.concurrency ?? own?.syncsAtOnce ?? DEFAULT_CONCURRENCY,
      perSecond: wanted?.syncsPerSecond ?? own?.syncsPerSecond,
    };
  });
}
