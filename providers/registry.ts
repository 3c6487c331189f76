import type { Provider } from './provider.ts';

export interface ProviderRegistry {
  /**
   * Undefined where no provider of that name is configured: the caller knows what that means to its
   * own caller.
   */
  get(name: string): Provider | undefined;
  readonly names: readonly string[];
}

/** Throws when two providers have one name. */
export function createProviderRegistry(providers: readonly Provider[]): ProviderRegistry {
  const byName = new Map<string, Provider>();
  for (const provider of providers) {
    if (byName.has(provider.name)) {
      throw new Error(`Two providers are called ${provider.name}`);
    }
    byName.set(provider.name, provider);
  }
  return { get: (name) => byName.get(name), names: [...byName.keys()] };
}
