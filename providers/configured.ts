import { ConfigError } from '../config/secrets.ts';
import { createOkraProvider } from './okra/provider.ts';
import { createProviderRegistry, type ProviderRegistry } from './registry.ts';

export interface ProviderSettings {
  readonly FRESHET_OKRA_BASE_URL?: string | undefined;
  readonly FRESHET_OKRA_SECRET_KEY?: string | undefined;
  readonly FRESHET_OKRA_WEBHOOK_TOKEN?: string | undefined;
}

/** The names of all providers that there are, configured or not. */
export const KNOWN_PROVIDERS: readonly string[] = ['okra'];

export const PROVIDER_VARIABLES = [
  'FRESHET_OKRA_BASE_URL',
  'FRESHET_OKRA_SECRET_KEY',
  'FRESHET_OKRA_WEBHOOK_TOKEN',
] as const;

/**
 * The providers for which the configuration has what they need. Throws `ConfigError` where one is
 * configured by half.
 */
export function configuredProviders(settings: ProviderSettings): ProviderRegistry {
  const given = PROVIDER_VARIABLES.filter((name) => settings[name] !== undefined);
  if (given.length === 0) return createProviderRegistry([]);
  const {
    FRESHET_OKRA_BASE_URL: baseUrl,
    FRESHET_OKRA_SECRET_KEY: secretKey,
    FRESHET_OKRA_WEBHOOK_TOKEN: webhookToken,
  } = settings;
  if (!baseUrl || !secretKey || !webhookToken) {
    const missing = PROVIDER_VARIABLES.filter((name) => settings[name] === undefined);
    throw new ConfigError(`okra is configured by half: ${missing.join(', ')} not set`);
  }
  return createProviderRegistry([createOkraProvider({ baseUrl, secretKey, webhookToken })]);
}
