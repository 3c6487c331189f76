import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { commitDiscovery } from '../../db/connections/commit-discovery.ts';
import { findCredentials } from '../../db/connections/find-credentials.ts';
import { linkConnection, newId } from '../../db/connections/link-connection.ts';
import { freshDatabase, startProcess } from '../support/servers.ts';

const TRANSACTIONS = 200_000;
const MOST_GROWTH = 150 * 1024 ** 2;
/**
 * How a worker is run where memory is dear (docs/self-hosting.md). Without it Node lets garbage lie
 * for as long as the machine has room, and the peak tells of the machine, not of the program.
 */
const NODE_OPTIONS = '--max-semi-space-size=8 --max-old-space-size=192';

describe('a first scan of 200,000 transactions', () => {
  test('takes little memory, and shows nothing before all of it is there', async () => {
    const database = await freshDatabase();
    const db = connectDatabase({ url: database.url });
    const bank = await startProcess(
      'sandbox/server.ts',
      { FRESHET_SANDBOX_PORT: '0', FRESHET_SANDBOX_SEED: 'memory' },
      { ready: 'sandbox bank ready' },
    );
    try {
      const { url } = (await bank.logged('sandbox bank ready')) as { url: string };
      const { customer, bank: institution, accounts } = await createCustomer(url);
      const keys = `test:${randomBytes(32).toString('base64')}`;
      const accountId = await link(db, keys, {
        customer: customer.id,
        bank: institution.id,
        account: accounts[0]?.id ?? '',
      });

      const scan = await startProcess('test/storage-memory/scan-main.ts', {
        FRESHET_DATABASE_URL: database.url,
        FRESHET_CREDENTIALS_KEYS: keys,
        FRESHET_OKRA_BASE_URL: `${url}/v2`,
        FRESHET_OKRA_SECRET_KEY: 'sandbox-secret-key',
        FRESHET_OKRA_WEBHOOK_TOKEN: 'unused-webhook-token',
        ACCOUNT_ID: accountId,
        NODE_OPTIONS,
      });
      const scanned = scan.exited.then(() => true);
      const seen = new Set<number>();
      let staged = false;
      do {
        seen.add(await countTransactions(db));
        staged ||= await isAnyStaged(db);
      } while (!(await Promise.race([scanned, sleep(100, false)])));
      const end = (await scan.logged('scanned')) as { counts: object; growth: number };

      expect(end.counts).toMatchObject({ fetched: TRANSACTIONS, added: TRANSACTIONS });
      expect(await countTransactions(db)).toBe(TRANSACTIONS);
      expect([...seen].filter((count) => count !== TRANSACTIONS)).toEqual([0]);
      expect([staged, await isAnyStaged(db)]).toEqual([true, false]);
      expect(end.growth, `grew by ${end.growth / 1024 ** 2} MiB`).toBeLessThan(MOST_GROWTH);
    } finally {
      await bank.stop();
      await db.destroy();
      await database.drop();
    }
  }, 180_000);
});

interface Customer {
  readonly customer: { readonly id: string };
  readonly bank: { readonly id: string };
  readonly accounts: readonly { readonly id: string }[];
}

async function createCustomer(bankUrl: string): Promise<Customer> {
  const response = await fetch(`${bankUrl}/control/customers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ accounts: 1, transactions: TRANSACTIONS, days: 3_000 }),
  });
  return (await response.json()) as Customer;
}

async function link(
  db: Database,
  keys: string,
  ids: { readonly customer: string; readonly bank: string; readonly account: string },
): Promise<string> {
  const id = await newId(db);
  const credentials = { customer: ids.customer, bank: ids.bank };
  await linkConnection(db, {
    id,
    provider: 'okra',
    linked: {
      providerConnectionId: `${ids.customer}:${ids.bank}`,
      credentials,
      institutionId: null,
      institutionName: null,
      consentExpiresAt: null,
    },
    sealFor: (connectionId) => createKeyRing(keys).seal(JSON.stringify(credentials), connectionId),
    reference: null,
    settings: { interval: null, products: ['transaction'], webhook_url: null },
    replacesSettings: false,
    newAccounts: undefined,
  });
  const consent = await findCredentials(db, id);
  if (!consent) throw new Error('the connection was not stored');
  const found = {
    providerAccountId: ids.account,
    name: null,
    number: null,
    type: null,
    currency: 'NGN',
  };
  const noLimits = { smallestIntervalMs: null, callsPerDay: null, tellsConsent: false };
  await commitDiscovery(db, consent, { accounts: [found] }, noLimits);
  const account = await db.selectFrom('accounts').select('id').executeTakeFirstOrThrow();
  return account.id;
}

async function countTransactions(db: Database): Promise<number> {
  const { count } = await db
    .selectFrom('transactions')
    .select((all) => all.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function isAnyStaged(db: Database): Promise<boolean> {
  const row = await db.selectFrom('transaction_stage').select('ordinal').limit(1).execute();
  return row.length > 0;
}
