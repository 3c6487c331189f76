import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { startSandboxBank, type SandboxBankOptions } from '../../sandbox/start.ts';

export const SECRET = 'sk_test_0123456789';

export interface TransactionTruth {
  readonly id: string;
  readonly amount: string;
  readonly status: string;
  readonly trans_date: string;
  readonly cleared_date: string | null;
  readonly description: string;
  readonly running_balance: string;
  readonly pending_id: string | null;
  readonly last_updated: string;
}

/** Loosely typed JSON: what is not there shows as a failed expectation. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

export interface TestBank {
  readonly url: string;
  /** Calls the control API; throws unless it answers 200. */
  control(method: string, path: string, body?: unknown): Promise<Json>;
  controlRaw(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** Posts to the protocol below `/v2/`. */
  call(
    path: string,
    body: unknown,
  ): Promise<{ status: number; body: Json; text: string; headers: Headers }>;
  /** The `data` of a successful protocol call. */
  read(path: string, body: unknown): Promise<Json>;
  close(): Promise<void>;
}

/** A bank of the test's own, in this process, closed when the test ends. */
export async function startBank(options: Partial<SandboxBankOptions> = {}): Promise<TestBank> {
  const bank = await startSandboxBank({
    secretKey: SECRET,
    seed: 'test',
    processingMs: 0,
    ...options,
  });
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => (closed ??= bank.close());
  onTestFinished(close);

  const controlRaw: TestBank['controlRaw'] = async (method, path, body) => {
    const response = await fetch(`${bank.url}/control/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const call: TestBank['call'] = async (path, body) => {
    const response = await fetch(`${bank.url}/v2/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const { status, headers } = response;
    return { status, headers, text, body: parse(text) };
  };
  return {
    url: bank.url,
    close,
    controlRaw,
    call,
    async control(method, path, body) {
      const answer = await controlRaw(method, path, body);
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async read(path, body) {
      const answer = await call(path, body);
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      return answer.body.data;
    },
  };
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Json;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** The status of each answer in turn; the last one stays. */
  answers: number[];
}

/** Somebody who waits for webhooks. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = { url: '', received, answers: [200] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, text, body: parse(text) });
      const status = receiver.answers.length > 1 ? receiver.answers.shift() : receiver.answers[0];
      response.writeHead(status ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return receiver;
}

/** Looks until there is something true. */
export async function until<T>(look: () => T | Promise<T>, within = 5000): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${look.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** All transactions of an account, page by page. */
export async function readAll(bank: TestBank, account: string, limit = 500): Promise<Json[]> {
  const rows: Json[] = [];
  for (let page = 1; ; page += 1) {
    const data = await bank.read('transactions/getByAccount', { account, page, limit });
    rows.push(...data.transaction);
    if (!data.pagination.hasNextPage) return rows;
  }
}

const parseSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => Json;

/** Numbers as their digits, so that nothing is rounded. */
function parse(text: string): Json {
  try {
    return parseSource(text, (_key, value, { source }) =>
      typeof value === 'number' ? source : value,
    );
  } catch {
    return undefined;
  }
}
