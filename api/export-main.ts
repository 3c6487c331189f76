import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readEnvironment } from '../config/environment.ts';
import { runMain } from '../config/run-main.ts';
import { ConfigError } from '../config/secrets.ts';
import { connectDatabase, type Database } from '../db/connect.ts';
import { exportTransactions } from '../db/transactions/export-transactions.ts';
import { findAccount } from '../db/accounts/list-accounts.ts';
import { parseExportOptions, type ExportOptions } from './export-options.ts';
import { toTransaction } from '../resources/transaction.ts';
import { CSV_HEADER, toCsvLine } from './transactions-csv.ts';

/** Writes an account's transactions to standard output: CSV, or JSON Lines of the API's objects. */
await runMain(async () => {
  const options = parseExportOptions(process.argv.slice(2));
  const settings = readEnvironment(process.env, ['FRESHET_DATABASE_URL']);
  const db = connectDatabase({ url: settings.FRESHET_DATABASE_URL, poolSize: 1 });
  try {
    if (!(await findAccount(db, options.account))) {
      throw new ConfigError(`There is no account ${options.account}`);
    }
    // `pipeline` listens only while it runs; a pipe can be found closed later.
    process.stdout.on('error', () => undefined);
    await pipeline(Readable.from(linesOf(db, options)), process.stdout, { end: false });
  } catch (error) {
    // Whoever read has enough, as `head` does.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    await db.destroy();
  }
});

async function* linesOf(db: Database, options: ExportOptions): AsyncGenerator<string, void> {
  const { account, format, from, to } = options;
  const toLine = format === 'csv' ? toCsvLine : toJsonLine;
  if (format === 'csv') yield CSV_HEADER;
  const filter = {
    accountId: account,
    transactedFrom: from,
    transactedTo: to,
    includeRemoved: options['include-removed'],
  };
  for await (const rows of exportTransactions(db, filter)) {
    yield rows.map((row) => toLine(toTransaction(row))).join('');
  }
}

// A function, not a constant: those are not there yet while the main function above runs.
function toJsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
