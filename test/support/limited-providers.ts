import type { ProviderLimits } from '../../providers/effective-interval.ts';
import { createProviderRegistry, type ProviderRegistry } from '../../providers/registry.ts';

/** The same providers with other limits than their own. */
export function limitedProviders(
  providers: ProviderRegistry,
  limits: Partial<ProviderLimits>,
): ProviderRegistry {
  return createProviderRegistry(
    providers.names.flatMap((name) => {
      const provider = providers.get(name);
      if (!provider) return [];
      return [{ ...provider, capabilities: { ...provider.capabilities, ...limits } }];
    }),
  );
}
