import type { ProviderDefinition } from './definition.ts';
import { mono } from './mono/definition.ts';
import { okra } from './okra/definition.ts';

/** All providers that there are, configured or not. A new one is added here, and nowhere else. */
export const DEFINITIONS: readonly ProviderDefinition[] = [okra, mono];

export const KNOWN_PROVIDERS: readonly string[] = DEFINITIONS.map(({ name }) => name);
