import { ProviderError } from '../providers/errors.ts';

/**
 * So soon it is tried again after a worker had no such provider: that asks nothing of anybody, and
 * another worker may have it.
 */
const UNTIL_ANOTHER_WORKER_MS = 20_000;

/** The error of what is kept up until some worker has the provider. */
export const providerNotConfigured = (provider: string): ProviderError =>
  new ProviderError(provider, 'config', 'provider_not_configured', {
    retryAfterMs: UNTIL_ANOTHER_WORKER_MS,
  });
