import { connectionsToUnlink } from '../../../db/connections/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Connections that are to be unlinked or erased, and of which no workflow was told. */
export const startUnlinks: Repair = async ({ db, connectionWorkflows }, round) =>
  round.each(await connectionsToUnlink(db), (connection) =>
    connectionWorkflows.start('unlink', connection),
  );
