import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface DevSecrets {
  readonly postgresPassword: string;
  /** As FRESHET_CREDENTIALS_KEYS takes it. */
  readonly credentialsKeys: string;
  readonly apiKey: string;
  /** What Freshet shows to the sandbox bank, */
  readonly okraSecretKey: string;
  /** and what the sandbox bank shows to Freshet. */
  readonly webhookToken: string;
}

/**
 * The secrets of this state folder: made up once, kept in `file`, which only its owner may read.
 * All ports are bound to 127.0.0.1, but a machine may have more than one user, and Postgres'
 * superuser can do whatever its process can.
 */
export function loadSecrets(file: string): DevSecrets {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as DevSecrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new Error(`${file} cannot be read as JSON; what is encrypted needs its keys.`, {
        cause: error,
      });
    }
  }
  const secrets: DevSecrets = {
    postgresPassword: token(12),
    credentialsKeys: `dev:${randomBytes(32).toString('base64')}`,
    apiKey: `fsh_${token(24)}`,
    okraSecretKey: `sandbox_${token(18)}`,
    webhookToken: token(24),
  };
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

function token(bytes: number): string {
  return randomBytes(bytes).toString('base64url').replaceAll('-', 'a').replaceAll('_', 'b');
}
