import { readVariables } from '../config/environment.ts';
import { providerVariable } from '../config/provider-variable.ts';
import { ConfigError, type Environment } from '../config/secrets.ts';
import type { ProviderDefinition } from './definition.ts';
import { DEFINITIONS } from './known-providers.ts';
import type { Provider } from './provider.ts';
import { createProviderRegistry, type ProviderRegistry } from './registry.ts';

/**
 * The providers for which the environment has what they need. Throws `ConfigError` where one is
 * configured by half, or wrongly.
 */
export function configuredProviders(
  environment: Environment,
  definitions: readonly ProviderDefinition[] = DEFINITIONS,
): ProviderRegistry {
  const configured = definitions.map((definition) => configuredProvider(environment, definition));
  return createProviderRegistry(configured.filter((provider) => provider !== null));
}

function configuredProvider(
  environment: Environment,
  { name, required, optional, create }: ProviderDefinition,
): Provider | null {
  const schemas = [
    ...Object.entries(required).map(([key, schema]) => [key, schema.optional()] as const),
    ...Object.entries(optional),
  ].map(([key, schema]) => [providerVariable(name, key), schema] as const);
  const read = readVariables(environment, Object.fromEntries(schemas));
  const settings = Object.fromEntries(
    [...Object.keys(required), ...Object.keys(optional)].map((key) => [
      key,
      read[providerVariable(name, key)],
    ]),
  );
  const missing = Object.keys(required).filter((key) => settings[key] === undefined);
  if (missing.length === Object.keys(required).length) return null;
  if (missing.length > 0) {
    const names = missing.map((key) => providerVariable(name, key)).join(', ');
    throw new ConfigError(`${name} is configured by half: ${names} not set`);
  }
  try {
    return create(settings);
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : `${name} is configured wrongly`);
  }
}
