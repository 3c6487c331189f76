import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with each `NAME_FILE` of a `FRESHET_` variable replaced by `NAME`, read from that
 * file without its last line break. Throws when both are given or the file cannot be read.
 */
export function withSecretFiles(environment: Environment): Environment {
  const result: Record<string, string | undefined> = { ...environment };
  for (const [name, path] of Object.entries(environment)) {
    if (!name.startsWith('FRESHET_') || !name.endsWith('_FILE') || !path) continue;
    if (name === 'FRESHET_SANDBOX_STATE_FILE') continue;
    const target = name.slice(0, -'_FILE'.length);
    if (environment[target]) throw new ConfigError(`${target} and ${name} are both set: set one`);
    try {
      result[target] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      throw new ConfigError(
        `${name}: cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      );
    }
  }
  return result;
}

/**
 * The configuration is wrong. The message names each variable and what it takes, never its value.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
