import { connectionsToLink } from '../../../db/connections/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Connections whose accounts are to be looked for, and of which no workflow was told. */
export const startLinks: Repair = async ({ db, connectionWorkflows }, round) =>
  round.each(await connectionsToLink(db), (connection) =>
    connectionWorkflows.start('link', connection),
  );
