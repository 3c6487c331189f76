import type { ProviderDefinition } from './definition.ts';
import { mono } from './mono/definition.ts';
import { okra } from './okra/definition.ts';
import { plaid } from './plaid/definition.ts';

/** All providers that there are, configured or not. A new one is added here, and nowhere else. */
export const DEFINITIONS: readonly ProviderDefinition[] = [okra, plaid, mono];

export const KNOWN_PROVIDERS: readonly string[] = DEFINITIONS.map(({ name }) => name);
