import type { Capabilities, Provider } from '../../providers/provider.ts';
import { createProviderRegistry, type ProviderRegistry } from '../../providers/registry.ts';

/** The same providers, with other limits than their own. */
export function withLimits(
  providers: ProviderRegistry,
  limits: Partial<Capabilities>,
): ProviderRegistry {
  const limited = providers.names.map((name) => {
    const provider = providers.get(name) as Provider;
    return { ...provider, capabilities: { ...provider.capabilities, ...limits } };
  });
  return createProviderRegistry(limited);
}
