import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { head, openRaw, type RawConnection } from '../support/raw-http.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';

const MIB = 1024 * 1024;
const KIB = 1024;

let freshet: Freshet;
beforeAll(async () => {
  freshet = await startFreshet({
    worker: false,
    apiLimits: {
      headersTimeoutMs: 1_000,
      requestTimeoutMs: 6_000,
      checkEveryMs: 100,
      bodyTimeoutMs: 2_000,
      maxConnections: 40,
      webhookBytes: MIB,
    },
  });
});
afterAll(() => freshet.close());

let count = 0;
/** A body that was not sent before, of exactly so many bytes. */
function bodyOf(bytes: number): string {
  count += 1;
  const start = `{"callback_code":"SOMETHING_NEW","n":${count},"more":"`;
  return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
}

const proof = (): { Authorization: string } => ({
  Authorization: `Bearer ${freshet.webhookToken}`,
});

async function send(body: string) {
  const response = await fetch(`${freshet.url}/webhooks/okra`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...proof() },
    body,
  });
  const { code } = (await response.json()) as { readonly code?: string };
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
}

async function raw(
  headers: Readonly<Record<string, string | number | undefined>>,
  part: string,
): Promise<RawConnection> {
  const connection = await openRaw(freshet.url);
  connection.write(head('/webhooks/okra', { ...proof(), ...headers }) + part);
  return connection;
}

const answered = (connection: RawConnection): Promise<number> =>
  eventually(() => connection.statuses()[0], { describe: 'an answer' });

const chunk = (part: string): string => `${part.length.toString(16)}\r\n${part}\r\n`;

describe('a body', () => {
  it('has at most a MiB', async () => {
    // Alone in the budget of this test it takes all that large ones may.
    expect(await send(bodyOf(768 * KIB - 4 * KIB))).toMatchObject({ status: 200 });
    for (const bytes of [MIB + 1, 3 * MIB, 20 * MIB]) {
      expect(await send(bodyOf(bytes))).toMatchObject({ status: 413, code: 'body_too_large' });
    }
  });

  it('may come in chunks, of a byte each', async () => {
    const body = bodyOf(2 * KIB);
    const parts = Array.from(body, chunk).join('');
    const connection = await raw({ 'Transfer-Encoding': 'chunked' }, `${parts}0\r\n\r\n`);
    expect(await answered(connection)).toBe(200);
    connection.close();
    const { body_bytes: bytes } = await freshet.db
      .selectFrom('inbound_webhooks')
      .orderBy('id', 'desc')
      .select('body_bytes')
      .executeTakeFirstOrThrow();
    expect(bytes).toBe(body.length);
  });

  it('is refused when it comes in thousands of pieces', async () => {
    const parts = Array.from(bodyOf(5_000), chunk).join('');
    const connection = await raw({ 'Transfer-Encoding': 'chunked' }, parts);
    expect(await answered(connection)).toBe(413);
    await connection.closed;
  });

  it('of more than there is room for in chunks is refused before its end', async () => {
    const connection = await raw({ 'Transfer-Encoding': 'chunked' }, chunk('x'.repeat(900 * KIB)));
    expect(await answered(connection)).toBe(503);
    connection.close();
  });

  it('that comes too slowly is 408', async () => {
    const connection = await raw({ 'Content-Length': 100 }, '{"slow":');
    expect(await answered(connection)).toBe(408);
    expect(connection.received()).toContain('body_too_slow');
    await connection.closed;
  });

  it('that drips is 408 too', async () => {
    const connection = await raw({ 'Transfer-Encoding': 'chunked' }, chunk('{'));
    const drip = setInterval(() => connection.write(chunk(' ')), 50);
    expect(await answered(connection)).toBe(408);
    clearInterval(drip);
    await connection.closed;
  });

  it('whose sender goes away is not stored, and holds no room', async () => {
    const before = await freshet.db.selectFrom('inbound_webhooks').select('id').execute();
    for (let n = 0; n < 20; n += 1) {
      const part = bodyOf(600 * KIB).slice(0, 500 * KIB);
      const connection = await raw({ 'Content-Length': 600 * KIB }, part);
      await new Promise((resolve) => connection.socket.write(' ', resolve));
      connection.close();
      await connection.closed;
    }
    await eventually(async () => (await send(bodyOf(500 * KIB))).status === 200);
    const after = await freshet.db.selectFrom('inbound_webhooks').select('id').execute();
    expect(after.length).toBe(before.length + 1);
  });
});

describe('the room for bodies', () => {
  it('is bounded over all of them, and kept free for small ones', async () => {
    const large = bodyOf(600 * KIB);
    const slow = await eventually(async () => {
      const one = await raw({ 'Content-Length': large.length }, large.slice(0, 400 * KIB));
      // Meanwhile the server reads what it was sent.
      for (let n = 0; n < 5; n += 1) await send(bodyOf(100));
      const { status } = await send(bodyOf(400 * KIB));
      if (status === 503 && one.statuses().length === 0) return one;
      one.close();
      return undefined;
    });
    expect(await send(bodyOf(400 * KIB))).toEqual({
      status: 503,
      code: 'overloaded',
      retryAfter: '1',
    });
    expect(await send(bodyOf(10 * KIB))).toMatchObject({ status: 200 });
    slow.write(large.slice(400 * KIB));
    expect(await answered(slow)).toBe(200);
    slow.close();
    expect(await send(bodyOf(400 * KIB))).toMatchObject({ status: 200 });
  });
});

describe('a connection', () => {
  it('that sends nothing is closed', async () => {
    const connection = await openRaw(freshet.url);
    await connection.closed;
    expect([[], [408]]).toContainEqual(connection.statuses());
  });

  it('that does not end its head is 408', async () => {
    const connection = await openRaw(freshet.url);
    connection.write('POST /webhooks/okra HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => connection.write('X-More: a\r\n'), 50);
    expect(await answered(connection)).toBe(408);
    clearInterval(drip);
    await connection.closed;
  });

  it('beyond as many as are allowed is closed at once, and the others are served', async () => {
    const good = await raw({ 'Content-Length': 2 }, '');
    const many = await Promise.all(Array.from({ length: 60 }, () => openRaw(freshet.url)));
    await eventually(() => many.filter((one) => one.isClosed()).length >= 20);
    good.write('{}');
    expect(await answered(good)).toBe(200);
    for (const one of [good, ...many]) one.close();
    await eventually(async () => (await send(bodyOf(100))).status === 200);
  });
});
