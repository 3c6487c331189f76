import { sql } from 'kysely';
import { Client } from 'pg';
import { INTERVAL_MS } from '../../config/interval.ts';
import { PACE } from '../../config/pace.ts';
import { connectDatabase } from '../../db/connect.ts';
import { createAccountWorkflows } from '../../temporal/account-workflows.ts';
import { createBenchDatabases, type BenchDatabases } from '../support/bench-databases.ts';
import { linkBenchAccounts } from '../support/link-bench-accounts.ts';
import type { BenchStack } from '../support/start-bench-stack.ts';
import { changeAndHold } from './held-webhooks.ts';
import { startLoadGenerator, type LoadGenerator } from './load-generator.ts';
import { naiveId } from './naive-workflows.ts';
import { varyBodies } from './vary-bodies.ts';

/** What all runs of all endpoints share. */
export interface IntakeBench {
  readonly stack: BenchStack;
  readonly load: LoadGenerator;
  /** Each with the linked accounts, whose workflows wait for a worker that never comes. */
  readonly databases: Pick<BenchDatabases, 'drop'> & { create(name: string): Promise<string> };
  /** No two alike. */
  readonly bodies: readonly string[];
  readonly naiveIds: readonly string[];
}

const LINKED = 'bench_linked';

export async function withIntakeBench<T>(
  stack: BenchStack,
  options: { readonly accounts: number; readonly webhooks: number },
  work: (bench: IntakeBench) => Promise<T>,
): Promise<T> {
  const admin = new Client({ connectionString: stack.databaseUrl });
  await admin.connect();
  const load = startLoadGenerator();
  try {
    const databases = await createBenchDatabases(admin, stack.databaseUrl);
    const db = connectDatabase({ url: await databases.create(LINKED) });
    const dailies = Array.from({ length: options.accounts }, () => 'daily' as const);
    const linked = await linkBenchAccounts({ ...stack, db }, dailies, 0);
    // As autovacuum does soon after the link: of tables in which nothing has changed it knows nothing.
    await sql`analyze accounts, connections`.execute(db);
    await db.destroy();

    const settings = { taskQueue: 'freshet', intervals: INTERVAL_MS, pace: PACE };
    const workflows = createAccountWorkflows(stack.temporal, settings);
    for (const { account } of linked) await workflows.start(account);
    const samples = await changeAndHold(stack, linked, 1);
    return await work({
      stack,
      load,
      databases: { ...databases, create: (name) => databases.create(name, LINKED) },
      bodies: varyBodies(samples, options.webhooks),
      naiveIds: linked.map(({ customer }) =>
        naiveId({ customerId: customer.customer.id, bankId: customer.bank.id }),
      ),
    });
  } finally {
    load.close();
    await admin.end();
  }
}
