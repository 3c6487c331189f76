import { hash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type {
  JsonValue,
  LinkProgress,
  LinkStart,
  WebhookEffect,
} from '../../providers/provider.ts';
import { createOkraProvider } from '../../providers/okra/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import { eventually } from './eventually.ts';
import { createPageProvider, PAGE_PROVIDER, PAGE_SECRET, type Scripted } from './page-provider.ts';
import {
  startFreshet,
  type ApiAnswer,
  type Freshet,
  type FreshetOptions,
} from './start-freshet.ts';

/** One answer to a call; it may take its time, or not come at all. */
export type Answer = (input: JsonValue) => Scripted | Promise<Scripted>;

type Method = 'startLink' | 'readLink' | 'link' | 'listAccounts' | 'fetchBalance' | 'unlink';

export interface Page {
  readonly freshet: Freshet;
  /** From now on, for inputs of which `isIt`, it answers so. The newest such word counts. */
  script(method: Method, isIt: (input: never) => boolean, answer: Answer): void;
  /** The inputs of all calls of a method. */
  calls(method: Method): readonly JsonValue[];
  /** Sends a webhook of a session; answers with its status. The same words are the same webhook, unless given a key. */
  send(session: string, progress: LinkProgress, key?: string): Promise<number>;
  sendEffects(effects: readonly WebhookEffect[], key: string): Promise<number>;
  close(): Promise<void>;
}

/** A one-time token, as `link` takes it, and the id of the connection that it is exchanged for. */
export interface Token {
  readonly token: string;
}

export const newToken = (): Token => ({ token: `token-${randomUUID()}` });

/** The connection that a token is exchanged for. */
export const connectionOfToken = ({ token }: Token): string => token.replace('token', 'item');

const error = (kind: 'retry' | 'config' | 'gone', code: string): Scripted => ({
  error: { kind, code },
});
export const DOWN = error('retry', 'http_500');
export const MISCONFIGURED = error('config', 'invalid_api_keys');

/** A Freshet whose only provider, but for okra in the API, has a page of its own that follows a script. */
export async function startPage({
  tellsConsent = false,
  ...options
}: FreshetOptions & { readonly tellsConsent?: boolean } = {}): Promise<Page> {
  const used = new Set<string>();
  const scripts: { method: Method; isIt: (input: never) => boolean; answer: Answer }[] = [];
  const made: { method: Method; input: JsonValue }[] = [];

  function usual(method: Method, input: JsonValue): Scripted {
    switch (method) {
      case 'startLink': {
        const { sessionId } = input as unknown as LinkStart;
        return { result: started(`link-${sessionId}`) };
      }
      case 'readLink':
        return { result: { state: 'open', links: [] } };
      case 'link': {
        const token = input as unknown as Token;
        // A token is good for one time only.
        if (used.has(token.token)) return { invalid: { field: 'link.token', message: '' } };
        used.add(token.token);
        return {
          result: {
            providerConnectionId: connectionOfToken(token),
            credentials: { secret: `access-${token.token}` },
            institutionId: 'ins_1',
            institutionName: 'Bank of Tests',
            consentExpiresAt: null,
          },
        };
      }
      case 'listAccounts':
        return {
          result: {
            accounts: [
              {
                providerAccountId: `account-${input as string}`,
                name: 'Current',
                number: null,
                type: 'checking',
                currency: 'USD',
              },
            ],
          },
        };
      case 'fetchBalance':
        return {
          result: {
            providerAccountId: input,
            available: '10.00',
            current: '12.00',
            limit: null,
            currency: 'USD',
            dataAsOf: new Date().toISOString(),
            raw: '{}',
          },
        };
      case 'unlink':
        return { result: null };
    }
  }

  const server = createServer((request, response) => {
    void (async () => {
      const { method, input } = (await json(request)) as { method: Method; input: JsonValue };
      made.push({ method, input });
      const script = scripts.findLast((one) => one.method === method && one.isIt(input as never));
      const answer = (await script?.answer(input)) ?? usual(method, input);
      response.end(JSON.stringify(answer));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const scriptUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const okra = { baseUrl: 'http://127.0.0.1:1/v2', secretKey: 'secret', webhookToken: 'token' };
  const freshet = await startFreshet({
    providers: createProviderRegistry([
      createPageProvider(scriptUrl, tellsConsent),
      createOkraProvider(okra),
    ]),
    workerMain: 'test/support/page-worker-main.ts',
    workerEnv: { PAGE_SCRIPT: scriptUrl, PAGE_TELLS_CONSENT: String(tellsConsent) },
    reconcileSeconds: 1,
    ...options,
  });

  async function sendEffects(effects: readonly WebhookEffect[], key: string): Promise<number> {
    const response = await fetch(`${freshet.url}/webhooks/${PAGE_PROVIDER}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Secret': PAGE_SECRET },
      body: JSON.stringify({
        type: 'LINK',
        dedupeKey: key,
        occurredAt: null,
        providerConnectionId: null,
        providerAccountId: null,
        understood: true,
        effects,
      }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  return {
    freshet,
    script: (method, isIt, answer) => void scripts.push({ method, isIt, answer }),
    calls: (method) => made.filter((call) => call.method === method).map(({ input }) => input),
    send: (session, progress, key = hash('sha256', `${session} ${JSON.stringify(progress)}`)) =>
      sendEffects([{ kind: 'link', session, ...progress }], key),
    sendEffects,
    async close() {
      await freshet.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What `startLink` answers. */
export const started = (session: string, expiresInMs = 3_600_000) => ({
  url: `https://page.test/${session}`,
  providerSessionId: session,
  expiresAt: new Date(Date.now() + expiresInMs).toISOString(),
});

export interface Begun {
  readonly id: string;
  /** What the provider names it by. */
  readonly session: string;
}

/** Begins a first link. */
export async function begin(page: Page, more: object = {}): Promise<Begun> {
  const { status, body } = await page.freshet.call('POST', '/v1/link_sessions', {
    provider: PAGE_PROVIDER,
    customer: { id: `customer-${randomUUID()}` },
    refresh: false,
    ...more,
  });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return { id: body.id, session: `link-${body.id}` };
}

/** Waits until a session is as the test wants it. */
export async function untilSession(
  { freshet }: Page,
  id: string,
  isIt: (body: ApiAnswer['body']) => boolean,
  timeoutMs = 30_000,
): Promise<ApiAnswer['body']> {
  let seen: ApiAnswer['body'];
  return await eventually(
    async () => {
      ({ body: seen } = await freshet.call('GET', `/v1/link_sessions/${id}`));
      return isIt(seen) ? seen : null;
    },
    { timeoutMs, describe: `link session ${id}` },
  ).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(seen)}`, { cause: error });
  });
}

export const untilEnded = (page: Page, { id }: Begun, timeoutMs = 30_000) =>
  untilSession(page, id, ({ status }) => status !== 'open', timeoutMs);
