import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SandboxBankOptions } from './start.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const variables = z.object({
  FRESHET_SANDBOX_HOST: z.string().default('127.0.0.1'),
  FRESHET_SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4410),
  FRESHET_SANDBOX_SEED: z.string().default('freshet'),
  FRESHET_SANDBOX_SECRET_KEY: z.string().default('sandbox-secret-key'),
  FRESHET_SANDBOX_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  FRESHET_SANDBOX_WEBHOOK_TOKEN: z.string().optional(),
  FRESHET_SANDBOX_STATE_FILE: z.string().optional(),
  FRESHET_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** The environment is wrong; the message names the variable, never its value. */
export class EnvironmentError extends Error {}

/**
 * Reads the bank's settings; each secret may be given as `<NAME>_FILE` too. Throws an
 * EnvironmentError.
 */
export function readEnvironment(environment: Environment): {
  readonly options: SandboxBankOptions;
  readonly logLevel: string;
} {
  const given = Object.fromEntries(
    Object.keys(variables.shape).map((name) => [name, environment[name] || undefined]),
  );
  for (const name of ['FRESHET_SANDBOX_SECRET_KEY', 'FRESHET_SANDBOX_WEBHOOK_TOKEN']) {
    given[name] ??= fromFile(environment, `${name}_FILE`);
  }
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new EnvironmentError(lines.join('\n'));
  }
  const values = parsed.data;
  return {
    logLevel: values.FRESHET_LOG_LEVEL,
    options: {
      host: values.FRESHET_SANDBOX_HOST,
      port: values.FRESHET_SANDBOX_PORT,
      seed: values.FRESHET_SANDBOX_SEED,
      secretKey: values.FRESHET_SANDBOX_SECRET_KEY,
      ...(values.FRESHET_SANDBOX_WEBHOOK_URL !== undefined && {
        webhookTarget: {
          url: values.FRESHET_SANDBOX_WEBHOOK_URL,
          token: values.FRESHET_SANDBOX_WEBHOOK_TOKEN ?? null,
        },
      }),
      ...(values.FRESHET_SANDBOX_STATE_FILE !== undefined && {
        stateFile: values.FRESHET_SANDBOX_STATE_FILE,
      }),
    },
  };
}

function fromFile(environment: Environment, name: string): string | undefined {
  const path = environment[name];
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new EnvironmentError(`${name}: the file cannot be read`, { cause });
  }
}
