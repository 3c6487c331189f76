import { ConfigError } from './secrets.ts';
import { describeError } from './describe-error.ts';

/**
 * Runs a main function; an error ends the process with code 1 after one readable line on standard
 * error.
 */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const text =
      error instanceof ConfigError ? error.message : JSON.stringify(describeError(error));
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}
