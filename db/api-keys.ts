import type { Database } from './connect.ts';

export interface StoredApiKey {
  readonly id: string;
  readonly hash: Buffer;
}

/** The key with this SHA-256, unless it is revoked. */
export async function findApiKey(db: Database, hash: Buffer): Promise<StoredApiKey | undefined> {
  return await db
    .selectFrom('api_keys')
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .select(['id', 'hash'])
    .executeTakeFirst();
}

/** Stores a key by its SHA-256. One that is there already, revoked or not, stays as it is. */
export async function storeApiKey(
  db: Database,
  key: { readonly name: string; readonly prefix: string; readonly hash: Buffer },
): Promise<void> {
  await db
    .insertInto('api_keys')
    .values(key)
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

export async function listApiKeys(db: Database) {
  return await db
    .selectFrom('api_keys')
    .orderBy('id')
    .select(['id', 'name', 'prefix', 'created_at', 'revoked_at'])
    .execute();
}

/** Answers whether there was such a key that was not revoked. */
export async function revokeApiKey(db: Database, prefix: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('prefix', '=', prefix)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
