import type { Database } from '../connect.ts';

/**
 * An endpoint's secret as it is sealed; where it has none yet, what `seal` gives becomes it. Of several at
 * the same moment one does, and all answer with the same. Undefined when there is no such endpoint.
 */
export async function ensureSecret(
  db: Database,
  endpointId: string,
  seal: () => Buffer,
): Promise<Buffer | undefined> {
  const find = () =>
    db
      .selectFrom('webhook_endpoints')
      .where('id', '=', endpointId)
      .where('deleted_at', 'is', null)
      .select('secret')
      .executeTakeFirst();
  const found = await find();
  if (!found || found.secret) return found?.secret ?? undefined;
  const made = await db
    .updateTable('webhook_endpoints')
    .set({ secret: seal() })
    .where('id', '=', endpointId)
    .where('deleted_at', 'is', null)
    .where('secret', 'is', null)
    .returning('secret')
    .executeTakeFirst();
  return made?.secret ?? (await find())?.secret ?? undefined;
}
