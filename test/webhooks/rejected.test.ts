import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '../../config/describe-error.ts';
import { readSenderSettings } from '../../config/sender-settings.ts';
import { uuid7 } from '../../db/uuid7.ts';
import { storeRejectedWebhook } from '../../db/webhooks/store-rejected-webhook.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/servers.ts';
import { startFreshet, type Freshet, type FreshetOptions } from '../support/start-freshet.ts';

const lines: string[] = [];
const logger = pino(
  { level: 'debug', serializers: { err: describeError } },
  new Writable({
    write(line: Buffer, _, done) {
      lines.push(line.toString());
      done();
    },
  }),
);

async function send(freshet: Freshet, headers: Record<string, string>, body: string | Buffer) {
  const response = await fetch(`${freshet.url}/webhooks/okra`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  await response.text();
  return response.status;
}

const stored = (freshet: Freshet) =>
  freshet.db.selectFrom('rejected_webhooks').orderBy('id').selectAll().execute();

const options: FreshetOptions = {
  worker: false,
  senders: readSenderSettings(
    { FRESHET_OKRA_WEBHOOK_SENDERS: '127.0.0.0/8,192.0.2.1', FRESHET_TRUSTED_PROXIES: '127.0.0.1' },
    ['okra'],
  ),
};

describe('what was refused', () => {
  let freshet: Freshet;
  let metrics: string;
  beforeAll(async () => {
    metrics = `127.0.0.1:${await freePort()}`;
    freshet = await startFreshet({ ...options, logger, metricsAddress: metrics });
  });
  afterAll(() => freshet.close());

  const counted = async (outcome: string): Promise<number> => {
    const text = await (await fetch(`http://${metrics}/metrics`)).text();
    const start = `freshet_webhooks_received_total{provider="okra",outcome="${outcome}"} `;
    const line = text.split('\n').find((one) => one.startsWith(start));
    return Number(line?.slice(start.length) ?? 0);
  };

  it('is kept as a sample, sealed, without the values of its headers, and told of once', async () => {
    const body = Buffer.concat([Buffer.from('{"secret":"'), Buffer.alloc(5_000, 'x')]);
    const headers = {
      Authorization: 'Bearer not-the-token',
      'X-Signature': 'a-signature',
      'User-Agent': 'bank/1.0',
      'X-Forwarded-For': '192.0.2.1',
    };
    for (let n = 0; n < 40; n += 1) expect(await send(freshet, headers, body)).toBe(401);
    expect(await send(freshet, { ...headers, 'X-Forwarded-For': '203.0.113.9' }, body)).toBe(403);
    expect(await send(freshet, { ...headers, 'Content-Type': 'text/plain' }, body)).toBe(415);

    const rows = await eventually(async () => {
      const found = await stored(freshet);
      return found.length === 8 ? found : undefined;
    });
    expect(rows.map(({ reason }) => reason).sort()).toEqual([
      ...Array.from({ length: 6 }, () => 'not_verified'),
      'sender_not_allowed',
      'wrong_content_type',
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/not-the-token|a-signature/);
    expect(rows.every(({ body: kept }) => kept === null || !kept.includes('xxxx'))).toBe(true);

    const { body: page } = await freshet.call('GET', '/v1/webhooks/rejected?reason=not_verified');
    expect(page.data).toHaveLength(6);
    expect(page.data[0]).toEqual({
      id: expect.any(String),
      provider: 'okra',
      reason: 'not_verified',
      sender: '192.0.2.1',
      content_type: 'application/json',
      user_agent: 'bank/1.0',
      header_names: expect.arrayContaining(['authorization', 'content-length', 'x-signature']),
      body_bytes: body.length,
      received_at: expect.any(String),
    });
    const told = lines.filter((line) => line.includes('webhooks refused'));
    expect(told).toHaveLength(3);
    expect(lines.join()).not.toMatch(/not-the-token|a-signature|xxxx/);
    expect(await freshet.db.selectFrom('inbound_webhooks').select('id').execute()).toEqual([]);
  });

  it('is listed with its body where that is asked for, as far as it is kept', async () => {
    const path = '/v1/webhooks/rejected?include=body&provider=okra';
    const { body: page } = await freshet.call('GET', path);
    const bodies = page.data.map(({ reason, body }: { reason: string; body: string | null }) => [
      reason,
      body?.length ?? null,
    ]);
    expect(bodies).toContainEqual(['not_verified', 4_096]);
    expect(bodies).toContainEqual(['sender_not_allowed', null]);
    expect(bodies).toContainEqual(['wrong_content_type', null]);
    expect(page.data.at(-1).body).toMatch(/^\{"secret":"xxx/);
  });

  it('is listed in pages, newest first', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await freshet.call('GET', `/v1/webhooks/rejected?limit=3${cursor}`);
      expect(status).toBe(200);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
    } while (cursor !== '');
    expect(seen).toEqual((await stored(freshet)).map(({ id }) => id).toReversed());
    const wrong = await freshet.call('GET', '/v1/webhooks/rejected?reason=whatever');
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'reason']);
  });

  it('is counted, with what was taken', async () => {
    const verified = { Authorization: `Bearer ${freshet.webhookToken}` };
    expect(await send(freshet, verified, '{"callback_code":"IDENTITY_IS_READY"}')).toBe(200);
    expect(await send(freshet, verified, '{"callback_code":"IDENTITY_IS_READY"}')).toBe(200);
    expect(await send(freshet, verified, Buffer.alloc(2 ** 20 + 1))).toBe(413);
    expect(await counted('webhook_not_verified')).toBe(40);
    expect(await counted('sender_not_allowed')).toBe(1);
    expect(await counted('unsupported_media_type')).toBe(1);
    expect(await counted('body_too_large')).toBe(1);
    expect(await counted('stored')).toBe(1);
    expect(await counted('duplicate')).toBe(1);
    const text = await (await fetch(`http://${metrics}/metrics`)).text();
    expect(text).toContain('freshet_webhook_acknowledgement_seconds_count{provider="okra"} 2');
    expect(text).toContain('freshet_webhook_batch_size_count 2');
    expect(text).toContain('freshet_webhooks_being_stored 0');
    expect((await fetch(`http://${metrics}/`)).status).toBe(404);
    expect((await fetch(`${freshet.url}/metrics`)).status).toBe(404);
  });

  it('is kept for the newest hundred only', async () => {
    const row = {
      provider: 'okra',
      sender: null,
      content_type: null,
      user_agent: null,
      header_names: [],
      body: null,
      body_bytes: 0,
    };
    const others = (await stored(freshet)).filter(({ reason }) => reason !== 'not_verified');
    const ids = Array.from({ length: 120 }, () => uuid7()).sort();
    for (const id of ids) {
      await storeRejectedWebhook(freshet.db, { ...row, id, reason: 'not_verified' });
    }
    const left = await stored(freshet);
    const ofReason = left.filter(({ reason }) => reason === 'not_verified');
    expect(ofReason.map(({ id }) => id)).toEqual(ids.slice(-100));
    expect(left).toHaveLength(100 + others.length);
  });
});

it.each([
  ['redacted', null],
  ['plain', '{"a":1}'],
] as const)('keeps of a body what is to be kept: %s', async (webhookBodies, expected) => {
  const freshet = await startFreshet({ ...options, webhookBodies });
  try {
    expect(await send(freshet, {}, '{"a":1}')).toBe(401);
    const [row] = await eventually(async () => {
      const rows = await stored(freshet);
      return rows.length > 0 ? rows : undefined;
    });
    expect(row?.body?.toString() ?? null).toBe(expected);
    expect(row?.body_bytes).toBe(7);
  } finally {
    await freshet.close();
  }
});

it('is answered as ever while nothing can be written', async () => {
  const freshet = await startFreshet(options);
  try {
    await freshet.db.schema.dropTable('rejected_webhooks').execute();
    for (let n = 0; n < 10; n += 1) expect(await send(freshet, {}, '{}')).toBe(401);
    const verified = { Authorization: `Bearer ${freshet.webhookToken}` };
    expect(await send(freshet, verified, '{"callback_code":"IDENTITY_IS_READY"}')).toBe(200);
  } finally {
    await freshet.close();
  }
});
