import { z } from 'zod';
import { WEBHOOK_BODIES } from './webhook-bodies.ts';
import { ConfigError, withSecretFiles, type Environment } from './secrets.ts';

const port = z.coerce.number().int().min(0).max(65_535);

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });

const RETENTION = 'must be a whole number from 1 to 3650';
const retentionDays = z.coerce
  .number({ error: RETENTION })
  .int(RETENTION)
  .min(1, RETENTION)
  .max(3650, RETENTION)
  .default(30);

/** The variables each main file can ask for, and what they take. */
export const variables = {
  FRESHET_DATABASE_URL: databaseUrl,
  FRESHET_API_HOST: z.string().default('127.0.0.1'),
  FRESHET_API_PORT: port.default(4400),
  FRESHET_TASK_QUEUE: z.string().min(1).default('freshet'),
  FRESHET_CREDENTIALS_KEYS: z.string().min(1),
  FRESHET_API_MAX_CONNECTIONS: z.coerce.number().int().min(10).max(100_000).default(2_000),
  FRESHET_BOOTSTRAP_API_KEY: z
    .string()
    .regex(/^fsh_[A-Za-z0-9_-]{32,}$/, 'must be fsh_ and at least 32 letters, digits, _ or -')
    .optional(),
  FRESHET_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .refine((url) => !/[?#]/.test(url), 'must have no query and no fragment')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  FRESHET_WEBHOOK_BODIES: z.enum(WEBHOOK_BODIES).default('encrypted'),
  FRESHET_WEBHOOK_RETENTION_DAYS: retentionDays,
  FRESHET_EVENT_RETENTION_DAYS: retentionDays,
  FRESHET_RECONCILE_SECONDS: z.coerce.number().int().min(1).max(3600).default(60),
  FRESHET_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  FRESHET_WORKFLOW_BUNDLE: z.string().min(1).optional(),
  FRESHET_METRICS_ADDRESS: z
    .string()
    .regex(
      /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-fA-F:.]+\]):\d{1,5}$/,
      'must be an IP address and a port, such as 127.0.0.1:9464',
    )
    .optional(),
} as const;

type Variables = typeof variables;
type Settings<Name extends keyof Variables> = { [N in Name]: z.infer<Variables[N]> };

/**
 * Reads the named variables. An empty one counts as not set. Throws `ConfigError` with a line for
 * each that is missing or wrong.
 *
 * @example const settings = readEnvironment(process.env, ['FRESHET_DATABASE_URL']);
 */
export function readEnvironment<const Name extends keyof Variables>(
  environment: Environment,
  names: readonly Name[],
): Settings<Name> {
  const schemas = Object.fromEntries(names.map((name) => [name, variables[name]]));
  return readVariables(environment, schemas) as Settings<Name>;
}

/** As `readEnvironment`, for variables that are described by the caller. */
export function readVariables<const Schemas extends Readonly<Record<string, z.ZodType>>>(
  environment: Environment,
  schemas: Schemas,
): { [Name in keyof Schemas]: z.infer<Schemas[Name]> } {
  const given = withSecretFiles(environment);
  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const parsed = schema.safeParse(given[name] || undefined);
    if (parsed.success) settings[name] = parsed.data;
    else if (!given[name]) problems.push(`${name} is not set`);
    else problems.push(`${name} ${parsed.error.issues[0]?.message ?? 'is wrong'}`);
  }
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return settings as { [Name in keyof Schemas]: z.infer<Schemas[Name]> };
}
