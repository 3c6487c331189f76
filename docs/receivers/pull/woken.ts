/*
 * Keeps a copy by asking when an event says that there is something new; and now and then without
 * one, so that a lost event only delays. What events say is never used: an endpoint with
 * `"payload": "ids"` is enough.
 *
 *   FRESHET_API_KEY=fsh_… WEBHOOK_SECRETS=whsec_… node woken.ts
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { catchUp, openCopy } from './catch-up.ts';

const db = openCopy(process.env['DATABASE'] ?? 'copy.db');
const api = {
  url: process.env['FRESHET_URL'] ?? 'http://127.0.0.1:4400',
  key: process.env['FRESHET_API_KEY'] ?? '',
};
const pollMs = Number(process.env['POLL_SECONDS'] ?? 600) * 1_000;
const secrets = (process.env['WEBHOOK_SECRETS'] ?? '').split(' ').filter(Boolean);
if (secrets.length === 0) throw new Error('WEBHOOK_SECRETS is not set');
const webhooks = secrets.map((secret) => new Webhook(secret));

/** Ends the wait that is under way, or the next. */
let wake = new AbortController();

async function isSigned(request: IncomingMessage): Promise<boolean> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > 1024 * 1024) return false;
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const headers = request.headers as Record<string, string>;
  return webhooks.some((webhook) => {
    try {
      webhook.verify(text, headers, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const signed = await isSigned(request).catch(() => false);
  response.writeHead(signed ? 204 : 401).end();
  // Nothing to store first: the cursor knows what is missing, also after a crash.
  if (signed) wake.abort();
}

const server = createServer((request, response) => void answer(request, response));
server.requestTimeout = 15_000;
server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'] ?? '127.0.0.1', () => {
  console.log('listening on', server.address());
});

for (;;) {
  // Before it asks: an event that comes meanwhile has it ask once more.
  wake = new AbortController();
  let waitMs = pollMs;
  try {
    const changes = await catchUp(db, api);
    if (changes > 0) console.log(`took over ${changes} changes`);
  } catch (error) {
    console.error('cannot follow, and will try again:', error);
    waitMs = Math.min(waitMs, 5_000);
  }
  await sleep(waitMs, undefined, { signal: wake.signal }).catch(() => undefined);
}
