import { sql } from 'kysely';
import type { Database } from '../connect.ts';

export interface NewSecret {
  /** Sealed. */
  readonly secret: Buffer;
  /** For so long the one before signs too; 0: it does no more. */
  readonly keepOldHours: number;
}

/** Replaces an endpoint's secret. Of older ones only the last before it is kept. Answers whether there is such an endpoint. */
export async function rotateSecret(
  db: Database,
  endpointId: string,
  { secret, keepOldHours }: NewSecret,
): Promise<boolean> {
  const isKept = sql`secret is not null and ${keepOldHours}::int > 0`;
  const rotated = await db
    .updateTable('webhook_endpoints')
    .set({
      secret,
      old_secret: sql<Buffer | null>`case when ${isKept} then secret end`,
      old_secret_until: sql<Date | null>`
        case when ${isKept} then now() + ${keepOldHours}::int * interval '1 hour' end`,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', endpointId)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return rotated !== undefined;
}
