import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Rewrites an answer's text. `path` is relative to the protocol, as `transactions/getByAccount`. */
export type Rewrite = (text: string, path: string) => string;

export interface BadWire {
  readonly url: string;
  /** Null passes everything on as it is. */
  rewrite: Rewrite | null;
  close(): Promise<void>;
}

/** Stands between Freshet and the bank, over real HTTP, and spoils what the bank says. */
export async function startBadWire(bankUrl: string): Promise<BadWire> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await collect(request);
      const answer = await fetch(bankUrl + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: {
          'content-type': request.headers['content-type'] ?? 'application/json',
          authorization: request.headers.authorization ?? '',
        },
        ...(body.length > 0 ? { body } : {}),
      });
      const path = (request.url ?? '').replace(/^\/v2\//, '').replace(/\?.*/, '');
      const text = (await answer.text()).replaceAll(bankUrl, wire.url);
      const sent = answer.ok && wire.rewrite ? wire.rewrite(text, path) : text;
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(sent);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire: BadWire = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rewrite: null,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return wire;
}

/**
 * Rewrites the items of a transaction list: `change` gets one item's own JSON text and answers with
 * the text, or texts, to stand in its place.
 */
export function changeItems(
  change: (item: { readonly id: string; readonly text: string }) => string | readonly string[],
): Rewrite {
  return (text, path) => {
    if (!path.startsWith('transactions/')) return text;
    const start = text.indexOf('"transaction":[');
    if (start < 0) return text;
    const { items, end } = itemsOf(text, start + '"transaction":['.length);
    const changed = items.flatMap((item) => {
      const id = /"_id":"([^"]+)"/.exec(item)?.[1] ?? '';
      return change({ id, text: item });
    });
    return `${text.slice(0, start)}"transaction":[${changed.join(',')}${text.slice(end)}`;
  };
}

/** The texts of an array's objects, and where the array's bracket closes. */
function itemsOf(text: string, start: number): { items: string[]; end: number } {
  const items: string[] = [];
  let depth = 0;
  let begun = start;
  let inText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inText) {
      if (character === '\\') at += 1;
      else if (character === '"') inText = false;
      continue;
    }
    if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      if (depth === 0) begun = at;
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) items.push(text.slice(begun, at + 1));
    } else if (character === ']') {
      if (depth === 0) return { items, end: at };
      depth -= 1;
    }
  }
  throw new Error('the list does not end');
}

async function collect(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
