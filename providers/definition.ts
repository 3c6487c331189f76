import type { z } from 'zod';
import type { Provider } from './provider.ts';

type Variables = Readonly<Record<string, z.ZodType>>;
type Settings<V extends Variables> = { readonly [Name in keyof V]: z.infer<V[Name]> };

/**
 * What is there to be known of a provider before it is configured. `required` and `optional` are its
 * variables by their names without `FRESHET_<PROVIDER>_`; one that is optional takes undefined, or has a
 * default. What they take is wrong, or right, by itself; `create` throws an `Error` that names the
 * option where they do not fit together.
 */
export interface ProviderDefinition {
  readonly name: string;
  readonly required: Variables;
  readonly optional: Variables;
  create(settings: Readonly<Record<string, unknown>>): Provider;
}

export function defineProvider<const R extends Variables, const O extends Variables>(definition: {
  readonly name: string;
  readonly required: R;
  readonly optional: O;
  create(settings: Settings<R> & Settings<O>): Provider;
}): ProviderDefinition {
  const { create } = definition;
  return {
    ...definition,
    create: (settings) => create(settings as Settings<R> & Settings<O>),
  };
}
