import { connectionsToUnlink } from '../../db/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Connections that are to be unlinked or erased, and of which no workflow was told. */
export const startUnlinks: Repair = async ({ db, connectionWorkflows }, round) => {
  let started = 0;
  await round.each(await connectionsToUnlink(db), async (connection) => {
    if (await connectionWorkflows.start('unlink', connection)) started += 1;
  });
  return started;
};
