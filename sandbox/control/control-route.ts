import type { Context, Hono } from 'hono';
import { z } from 'zod';
import type { Bank } from '../bank.ts';
import { describeIssues } from '../describe-issues.ts';
import { ControlError } from './control-error.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Registers one control call: its body (or query, for GET) is validated, its work is one change of
 * the bank.
 */
export type ControlRoutes = <S extends z.ZodType>(
  method: Method,
  path: string,
  schema: S,
  handle: (input: z.output<S>, param: (name: string) => string) => object,
) => void;

/** For calls without input. */
export const nothing = z.strictObject({});

export function controlRoutes(app: Hono, { world }: Bank): ControlRoutes {
  return (method, path, schema, handle) => {
    app.on(method, path, async (context) => {
      const parsed = schema.safeParse(await inputOf(context));
      if (!parsed.success) throw new ControlError(400, describeIssues(parsed.error));
      const param = (name: string): string => context.req.param(name) ?? '';
      return context.json(world.change(() => handle(parsed.data, param)));
    });
  };
}

async function inputOf(context: Context): Promise<unknown> {
  if (context.req.method === 'GET') return context.req.query();
  const text = await context.req.text();
  if (text === '') return context.req.query();
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'body: not valid JSON');
  }
}
