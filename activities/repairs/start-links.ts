import { connectionsToLink } from '../../db/connections-to-reconcile.ts';
import type { Repair } from './repair.ts';

/** Connections whose accounts are to be looked for, and of which no workflow was told. */
export const startLinks: Repair = async ({ db, connectionWorkflows }, round) => {
  let started = 0;
  await round.each(await connectionsToLink(db), async (connection) => {
    if (await connectionWorkflows.start('link', connection)) started += 1;
  });
  return started;
};
