import type { Provider } from '../../providers/provider.ts';
import { createOkraProvider } from '../../providers/okra/provider.ts';
import { createProviderRegistry, type ProviderRegistry } from '../../providers/registry.ts';

/** Where a bank is and what proves who one is, as the okra provider takes it. */
export interface BankAddress {
  readonly baseUrl: string;
  readonly secretKey: string;
  readonly webhookToken: string;
}

/** Two providers, `okra` and `other`, that speak the same protocol to two banks. */
export function twoBanks(okra: BankAddress, other: BankAddress): ProviderRegistry {
  const second: Provider = { ...createOkraProvider(other), name: 'other' };
  // Longer than any test: a bank that hangs, hangs until the test has seen what it wanted.
  const first = createOkraProvider({ ...okra, requestTimeoutMs: 120_000 });
  return createProviderRegistry([first, second]);
}
