import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Database } from '../../db/connect.ts';
import type { RigAccount, StorageRig } from '../support/storage-rig.ts';

/** Links a customer with so many accounts, and answers with the first. */
export async function linkedOne(rig: StorageRig, transactions = 3): Promise<RigAccount> {
  const [ids] = await rig.link({ accounts: 1, transactions });
  if (!ids) throw new Error('no account');
  return ids;
}

/** Changes something at the bank; answers with the body of the webhook that tells of it, undelivered. */
export async function told(
  rig: StorageRig,
  method: string,
  path: string,
  change: object,
): Promise<string> {
  const { webhooks } = await rig.bank.control(method, path, change);
  return (await rig.bank.control('GET', `/webhooks/${webhooks.at(-1).id}`)).body;
}

export const balanceTold = (rig: StorageRig, { bank }: RigAccount, ledger: string) =>
  told(rig, 'PUT', `/accounts/${bank}/balance`, { ledger });

/** Delivers a body that has not come before. Answers with our id of it. */
export async function deliver(rig: StorageRig, body: string): Promise<string> {
  expect(await rig.deliver(body)).toBe(200);
  const { id } = await rig.db
    .selectFrom('inbound_webhooks')
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .select('id')
    .limit(1)
    .executeTakeFirstOrThrow();
  return id;
}

/** As if it had come that much earlier. */
export async function cameEarlier(db: Database, id: string, interval: string): Promise<void> {
  const ago = (column: string) => sql<Date>`${sql.ref(column)} - ${sql.lit(interval)}::interval`;
  await db
    .updateTable('inbound_webhooks')
    .set({ received_at: ago('received_at'), replayed_at: ago('replayed_at') })
    .where('id', '=', id)
    .execute();
}

export async function setEffects(db: Database, id: string, values: object): Promise<void> {
  await db.updateTable('webhook_effects').set(values).where('webhook_id', '=', id).execute();
}

export async function setAccount(db: Database, id: string, values: object): Promise<void> {
  await db.updateTable('accounts').set(values).where('id', '=', id).execute();
}

export const lifeOf = async (rig: StorageRig, id: string, query = '') =>
  (await rig.get(`/v1/webhooks/${id}${query}`)).body;
