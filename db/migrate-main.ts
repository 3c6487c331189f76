import { readEnvironment } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { runMain } from '../config/run-main.ts';
import { connectDatabase } from './connect.ts';
import { migrate } from './migrate.ts';

await runMain(async () => {
  const settings = readEnvironment(process.env, ['FRESHET_DATABASE_URL', 'FRESHET_LOG_LEVEL']);
  const logger = createLogger('migrate', settings.FRESHET_LOG_LEVEL);
  const db = connectDatabase({ url: settings.FRESHET_DATABASE_URL, poolSize: 2 });
  try {
    const migrations = await migrate(db);
    logger.info({ migrations }, migrations.length > 0 ? 'migrated' : 'already up to date');
  } finally {
    await db.destroy();
  }
});
