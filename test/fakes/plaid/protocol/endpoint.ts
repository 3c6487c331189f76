import type { z } from 'zod';
import type { Call } from '../call-log.ts';
import type { World } from '../world.ts';

/** An endpoint of Plaid. `serve` returns the body without its `request_id`. */
export interface Endpoint {
  readonly path: string;
  readonly input: z.ZodType;
  readonly sandboxOnly: boolean;
  readonly serve: (world: World, input: never, call: Call) => object | Promise<object>;
}

export function endpoint<Schema extends z.ZodType>(
  path: string,
  input: Schema,
  serve: (world: World, input: z.infer<Schema>, call: Call) => object | Promise<object>,
  { sandboxOnly = false }: { readonly sandboxOnly?: boolean } = {},
): Endpoint {
  return { path, input, sandboxOnly, serve };
}
