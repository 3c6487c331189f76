import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Change, PageToCome } from '../bank.ts';

/** Stands before the sandbox bank, for what that does not do itself: see `Bank`. */
export interface OkraWire {
  readonly url: string;
  mostRows: number | null;
  beforePage: ((page: PageToCome) => Promise<void> | void) | null;
  change: Change | null;
  changed(text: string, change: Change): string;
  close(): Promise<void>;
}

export async function startOkraWire(bankUrl: string): Promise<OkraWire> {
  const server = createServer((request, response) => {
    void (async () => {
      const asked = await collect(request);
      const body = wire.mostRows === null ? asked : withLimit(asked, wire.mostRows);
      const page = pageOf(request.url ?? '', body);
      if (page !== null) await wire.beforePage?.(page);
      const answer = await fetch(bankUrl + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: {
          'content-type': request.headers['content-type'] ?? 'application/json',
          authorization: request.headers.authorization ?? '',
        },
        ...(body.length > 0 ? { body } : {}),
      });
      const text = (await answer.text()).replaceAll(bankUrl, wire.url);
      const retryAfter = answer.headers.get('retry-after');
      response
        .writeHead(answer.status, {
          'content-type': 'application/json',
          ...(retryAfter !== null && { 'retry-after': retryAfter }),
        })
        .end(answer.ok && wire.change !== null ? wire.changed(text, wire.change) : text);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire: OkraWire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mostRows: null,
    beforePage: null,
    change: null,
    changed,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return wire;
}

/** In the text, as the amounts of the bank have more digits than `JSON.parse` keeps. */
function changed(text: string, change: Change): string {
  switch (change) {
    case 'unknown fields':
      return text
        .replaceAll(/\{(?=")/g, '{"a_field_of_tomorrow":{"of":[1,null,"x"]},')
        .replaceAll('{}', '{"a_field_of_tomorrow":null}');
    case 'unknown values':
      return text.replaceAll(ENUMS, '"$1":"A_VALUE_OF_TOMORROW"');
    case 'no optional fields':
      return text.replaceAll(OPTIONAL, '');
  }
}

const ENUMS = /"(type|env|code|manual|fetch_type|identity_type)":"[^"]*"/g;

/** What the documents' examples do without somewhere. Each has another field after it. */
const OPTIONAL =
  /"(benefactor|ref|code|branch|balance|manual|reconciled|created_at|unformatted_trans_date|unformatted_cleared_date)":("[^"]*"|[\d.-]+|null|true|false),/g;

function withLimit(body: string, rows: number): string {
  return body.replace(/"limit":"\d+"/, `"limit":"${rows}"`);
}

function pageOf(url: string, body: string): PageToCome | null {
  if (!/\/transactions\/getBy/.test(url)) return null;
  const asked = JSON.parse(body) as { account?: string; page?: string; customer?: string };
  return { account: asked.account ?? asked.customer ?? '', page: Number(asked.page ?? 1) };
}

async function collect(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
