import { markStale as markStaleAccounts } from '../../../db/accounts/mark-stale.ts';
import type { Repair } from './repair.ts';

/** Accounts whose data is older than their interval allows: marked, and told of by an event. */
export const markStale: Repair = ({ db }) => markStaleAccounts(db);
