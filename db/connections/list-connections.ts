import type { Database } from '../connect.ts';

const COLUMNS = [
  'id',
  'provider',
  'reference',
  'institution_id',
  'institution_name',
  'status',
  'status_code',
  'status_changed_at',
  'consent_expires_at',
  'new_accounts',
  'accounts_checked_at',
  'linked_at',
  'created_at',
  'unlink_requested_at',
  'unlink_data',
  'unlink_forced',
  'unlinked_at',
  'erased_at',
] as const;

export type ConnectionRow = Awaited<ReturnType<typeof listConnections>>[number];

/** Connections in the order in which they were linked, after the one with the id `after`. */
export async function listConnections(
  db: Database,
  filter: { readonly limit: number; readonly after?: string; readonly reference?: string },
) {
  return await db
    .selectFrom('connections')
    .$if(filter.after !== undefined, (query) => query.where('id', '>', filter.after ?? ''))
    .$if(filter.reference !== undefined, (query) =>
      query.where('reference', '=', filter.reference ?? ''),
    )
    .orderBy('id')
    .limit(filter.limit)
    .select(COLUMNS)
    .execute();
}

export async function findConnection(db: Database, id: string): Promise<ConnectionRow | undefined> {
  return await db.selectFrom('connections').where('id', '=', id).select(COLUMNS).executeTakeFirst();
}
