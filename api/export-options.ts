import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ConfigError } from '../config/secrets.ts';
import { date } from './schemas/filters.ts';

const USAGE = `usage: npm run --silent export -- --account <id> [--format csv|jsonl] [--from <date>] [--to <date>] [--include-removed]
  Writes the account's transactions to standard output, oldest first. Dates are UTC, of transacted_at, both included.`;

const exportOptions = z.object({
  account: z.uuid({ error: 'must be the id of an account' }),
  format: z.enum(['csv', 'jsonl'], { error: 'must be csv or jsonl' }).default('csv'),
  from: date.optional(),
  to: date.optional(),
  'include-removed': z.boolean().default(false),
});

export type ExportOptions = z.infer<typeof exportOptions>;

/** Throws `ConfigError` with what is wrong and how it is used. */
export function parseExportOptions(args: readonly string[]): ExportOptions {
  const result = exportOptions.safeParse(valuesOf(args));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ConfigError(`--${issue?.path.join('.')} ${issue?.message}\n${USAGE}`);
}

function valuesOf(args: readonly string[]): unknown {
  try {
    return parseArgs({
      args: [...args],
      options: {
        account: { type: 'string' },
        format: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        'include-removed': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n${USAGE}`);
  }
}
