import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { goalsOf, type Rounds } from './backfill/goals.ts';
import { makePages } from './backfill/make-pages.ts';
import { tableOf } from './backfill/table.ts';
import { runFullPath, runOther } from './backfill/run-round.ts';
import { createBenchDatabases } from './support/bench-databases.ts';
import { describeMachine } from './support/describe-machine.ts';
import { verdict } from './support/goals.ts';
import { print } from './support/print.ts';
import { startBenchPostgres } from './support/start-bench-postgres.ts';

/*
 * How fast a first scan of an account becomes committed rows, beside two other ways to write the
 * same rows. Exits with 1 where a goal is missed.
 */

const PAGE_SIZE = 500;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    seed: { type: 'string', default: '4' },
  },
});
const rows = Number(values.rows);
const seed = Number(values.seed);

const postgres = await startBenchPostgres();
const admin = new Client({ connectionString: postgres.url });
admin.on('error', () => undefined);
try {
  await admin.connect();
  print(await describeMachine(admin));
  const pages = makePages({ seed, rows, pageSize: PAGE_SIZE });
  const raw = pages.reduce(
    (sum, page) => sum + page.upserts.reduce((size, row) => size + row.raw.length, 0),
    0,
  );
  print(
    `${rows} rows in pages of ${PAGE_SIZE}, ${Math.round(raw / rows)} bytes of raw JSON each, ` +
      `seed ${seed}, ${values.rounds} rounds`,
  );
  const databases = await createBenchDatabases(admin, postgres.url);
  const rounds: Rounds = { fullPath: [], bare: [], rowByRow: [] };
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    rounds.bare.push(await runOther('bare', databases, pages));
    rounds.fullPath.push(await runFullPath(databases, pages));
    rounds.rowByRow.push(await runOther('rowByRow', databases, pages));
    print(`round ${round} done`);
  }
  print('');
  print(tableOf(rounds, rows));
  print('');
  const goals = goalsOf(rounds);
  print(verdict(goals));
  if (goals.some(({ reached }) => !reached)) process.exitCode = 1;
} finally {
  await admin.end();
  await postgres.stop();
}
