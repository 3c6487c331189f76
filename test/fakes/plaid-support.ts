import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  Configuration,
  CountryCode,
  PlaidApi,
  Products,
  type PlaidError,
  type RemovedTransaction,
  type Transaction,
} from 'plaid';
import { onTestFinished } from 'vitest';
import { startPlaidFake, type PlaidFakeOptions } from './plaid/start.ts';
import type { PlaidFake } from './plaid/fake.ts';

/** A fake of its own, closed with the test. */
export async function plaidFake(options: PlaidFakeOptions = {}): Promise<PlaidFake> {
  const fake = await startPlaidFake(options);
  onTestFinished(() => fake.close());
  return fake;
}

/** Plaid's official client, pointed at the fake. */
export function clientOf(fake: PlaidFake, secret = fake.secret): PlaidApi {
  return new PlaidApi(
    new Configuration({
      basePath: fake.url,
      baseOptions: {
        headers: { 'PLAID-CLIENT-ID': fake.clientId, 'PLAID-SECRET': secret },
        timeout: 5000,
      },
    }),
  );
}

/** What a call of the official client was refused with. Throws when it was not. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ readonly status: number; readonly error: PlaidError }> {
  try {
    await call;
  } catch (error) {
    const { response } = error as { response?: { status: number; data: PlaidError } };
    if (response === undefined) throw error;
    return { status: response.status, error: response.data };
  }
  throw new Error('the call succeeded');
}

export const LINK_REQUEST = {
  client_name: 'Freshet',
  language: 'en',
  country_codes: [CountryCode.Us],
  user: { client_user_id: 'user-1' },
  products: [Products.Transactions],
};

/** All pages by the rule of the documentation: again from the first page's cursor on a mutation. */
export async function syncAll(
  client: PlaidApi,
  accessToken: string,
  options: { readonly cursor?: string; readonly count?: number; readonly accountId?: string } = {},
): Promise<Synced> {
  for (let restarts = 0; ; restarts += 1) {
    const synced: Synced = { added: [], modified: [], removed: [], cursor: '', pages: 0, restarts };
    let cursor = options.cursor;
    try {
      for (;;) {
        const { data } = await client.transactionsSync({
          access_token: accessToken,
          ...(cursor !== undefined && { cursor }),
          ...(options.count !== undefined && { count: options.count }),
          ...(options.accountId !== undefined && { options: { account_id: options.accountId } }),
        });
        synced.added.push(...data.added);
        synced.modified.push(...data.modified);
        synced.removed.push(...data.removed);
        synced.pages += 1;
        cursor = data.next_cursor;
        if (!data.has_more) return { ...synced, cursor };
      }
    } catch (error) {
      const code = (error as { response?: { data?: PlaidError } }).response?.data?.error_code;
      if (code !== 'TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION') throw error;
    }
  }
}

export interface Synced {
  readonly added: Transaction[];
  readonly modified: Transaction[];
  readonly removed: RemovedTransaction[];
  readonly cursor: string;
  pages: number;
  readonly restarts: number;
}

/** A webhook that came in. */
export interface Arrived {
  readonly text: string;
  readonly verification: string;
  readonly body: Record<string, unknown>;
}

/** A client's webhook endpoint on loopback. It answers 200 unless `statuses` has another. */
export async function webhookEndpoint(statuses: number[] = []): Promise<{
  readonly url: string;
  readonly arrived: readonly Arrived[];
}> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const verification = String(request.headers['plaid-verification']);
      arrived.push({ text, verification, body: JSON.parse(text) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/plaid`, arrived };
}
