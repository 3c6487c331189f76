/**
 * The Temporal task queue of all that calls one provider. Each has its own, so that a provider that
 * is slow or away holds up nobody else's accounts.
 */
export const providerTaskQueue = (taskQueue: string, provider: string): string =>
  `${taskQueue}-${provider}`;

/** The Temporal task queue of deliveries, so that receivers who are slow hold up nothing else. */
export const deliveryTaskQueue = (taskQueue: string): string => `${taskQueue}:deliveries`;
