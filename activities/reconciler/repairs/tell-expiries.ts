import { tellExpiries as tell } from '../../../db/connections/tell-expiries.ts';
import type { Repair } from './repair.ts';

/** Consents that expire soon, each told of once. */
export const tellExpiries: Repair = ({ db }) => tell(db);
