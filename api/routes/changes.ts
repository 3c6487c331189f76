import { Hono } from 'hono';
import { z } from 'zod';
import {
  FEED_START,
  PLACE_KINDS,
  type ChangePlace,
  type PlaceKind,
} from '../../db/changes/change-place.ts';
import type { Database } from '../../db/connect.ts';
import { findAccounts } from '../../db/accounts/list-accounts.ts';
import { endOfFeed, listChanges, type Changes } from '../../db/changes/list-changes.ts';
import { positionChanges } from '../../db/changes/position-changes.ts';
import { changeCursor, changeScope } from '../../resources/change-cursor.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { accountOr404 } from '../find-account.ts';
import { UUID } from '../http/cursor.ts';
import { listCursor } from '../http/list-cursor.ts';
import { validate } from '../http/validate.ts';
import { changePage, toAccountFreshness, toChange } from '../schemas/change.ts';
import { limit } from '../schemas/common.ts';
import { describe } from './describe.ts';

const POSITION = /^\d{1,18}$/;
const KIND = new RegExp(`^(${PLACE_KINDS.join('|')})$`);

const changesQuery = z.strictObject({
  limit,
  cursor: z
    .string()
    .min(1)
    .optional()
    .describe('`next_cursor` of the answer before. None: from the beginning. `now`: from here on.'),
  account_id: z.uuid({ error: 'must be a UUID' }).optional(),
});

export function changeRoutes({ db }: ApiDeps): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get(
    '/',
    describe(
      'Data',
      'Follow what changes in all accounts, in the order of commits',
      { 200: changePage },
      [400, 401, 404],
    ),
    validate('query', changesQuery),
    async (c) => {
      const { limit: size, cursor, account_id: accountId } = c.req.valid('query');
      if (accountId !== undefined) await accountOr404(db, accountId);
      const { items, end, more } =
        cursor === 'now'
          ? await nothingUntilNow(db)
          : await changesBehind(db, decodePlace(cursor, accountId), size, accountId);
      const accounts = await findAccounts(db, [...new Set(items.map(({ row }) => row.account_id))]);
      return c.json({
        data: items.map(toChange),
        next_cursor: changeCursor(end, accountId),
        has_more: more,
        accounts: accounts.map(toAccountFreshness),
      });
    },
  );
}

async function changesBehind(
  db: Database,
  after: ChangePlace,
  limit: number,
  accountId: string | undefined,
): Promise<Changes> {
  const allPlaced = await positionChanges(db);
  const changes = await listChanges(db, { after, limit, accountId });
  return { ...changes, more: changes.more || !allPlaced };
}

async function nothingUntilNow(db: Database): Promise<Changes> {
  while (!(await positionChanges(db)));
  return { items: [], end: await endOfFeed(db), more: false };
}

function decodePlace(cursor: string | undefined, accountId: string | undefined): ChangePlace {
  if (cursor === undefined) return FEED_START;
  const place = listCursor(changeScope(accountId), [POSITION, KIND, UUID]);
  const [position = '', kind = '', id = ''] = place.decode(cursor);
  return { position, kind: kind as PlaceKind, id };
}
