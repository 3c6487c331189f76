import type { ChangePlace } from '../db/changes/change-place.ts';
import { encodeSealed } from './list-cursor.ts';

/** What decides which rows the change feed has; without an account, those of all. */
export const changeScope = (accountId?: string): unknown => ['changes', accountId ?? null];

/** The `cursor` of `GET /v1/changes` that goes on behind this place, with the same `account_id`. */
export const changeCursor = ({ position, kind, id }: ChangePlace, accountId?: string): string =>
  encodeSealed(changeScope(accountId), [position, kind, id]);
