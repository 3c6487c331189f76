import { Connection } from '@temporalio/client';
import { createLogger } from '../config/logger.ts';
import { runMain } from '../config/run-main.ts';
import { readTemporalSettings } from '../temporal/connect.ts';
import { registerSearchAttributes } from '../temporal/register-search-attributes.ts';

await runMain(async () => {
  const { connectionOptions, namespace } = readTemporalSettings(process.env);
  const connection = await Connection.connect(connectionOptions);
  try {
    await registerSearchAttributes(connection, namespace);
    createLogger('temporal', 'info').info({ namespace }, 'search attributes registered');
  } finally {
    await connection.close();
  }
});
