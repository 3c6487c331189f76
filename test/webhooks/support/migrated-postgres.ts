import { connectDatabase } from '../../../db/connect.ts';
import { migrate } from '../../../db/migrate.ts';
import { startPostgres, type OwnPostgres } from '../../support/start-postgres.ts';

/** A Postgres of the test's own, with Freshet's tables, that keeps what it has committed. */
export async function migratedPostgres(): Promise<OwnPostgres> {
  const postgres = await startPostgres({ durable: true });
  const db = connectDatabase({ url: postgres.url });
  await migrate(db);
  await db.destroy();
  return postgres;
}

/** The same one again. */
export async function restartPostgres({ port, dir }: OwnPostgres): Promise<OwnPostgres> {
  return await startPostgres({ port, dir, durable: true });
}
