import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createEndpointSecret, parseEndpointSecret } from '../../events/endpoint-secret.ts';
import { sign, type SignatureHeaders } from '../../events/sign.ts';

const BODY = '{"type":"balance.success","data":{"holder":"Ọlá Ñandú 🏦"}}';

const keyOf = (secret: string) => {
  const key = parseEndpointSecret(secret);
  if (!key) throw new Error('the secret is malformed');
  return key;
};

const now = (): number => Math.floor(Date.now() / 1000);

/** What a receiver with this secret makes of it. */
const verified = (secret: string, body: string, headers: SignatureHeaders): unknown =>
  new Webhook(secret).verify(body, headers);

describe('a signature', () => {
  it('is that of the published test vector', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const headers = sign(message, [keyOf(secret)]);
    expect(headers).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    const official = new Webhook(secret);
    expect(official.sign(message.id, new Date(message.timestamp * 1000), message.body)).toBe(
      headers['webhook-signature'],
    );
  });

  it.each([
    ['text', BODY],
    ['bytes', Buffer.from(BODY)],
  ])('of %s is believed by the official package', (_, body) => {
    const secret = createEndpointSecret();
    const headers = sign({ id: 'evt_1', timestamp: now(), body }, [keyOf(secret)]);
    expect(verified(secret, BODY, headers)).toEqual(JSON.parse(BODY));
  });

  it.each([
    ['another body', { body: BODY.replace('balance', 'payment') }],
    ['another id', { headers: { 'webhook-id': 'evt_2' } }],
    ['another time', { headers: { 'webhook-timestamp': String(now() + 1) } }],
    ['another secret', { secret: createEndpointSecret() }],
    ['another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
  ])('does not hold for %s', (_, changed: Partial<Record<string, unknown>>) => {
    const secret = createEndpointSecret();
    const signed = sign({ id: 'evt_1', timestamp: now(), body: BODY }, [keyOf(secret)]);
    const headers = { ...signed, ...(changed['headers'] as object | undefined) };
    expect(() =>
      verified(
        (changed['secret'] as string | undefined) ?? secret,
        (changed['body'] as string | undefined) ?? BODY,
        headers,
      ),
    ).toThrow('No matching signature found');
  });

  it('of two secrets is believed by a receiver with either, and by no other', () => {
    const [old, fresh, other] = [
      createEndpointSecret(),
      createEndpointSecret(),
      createEndpointSecret(),
    ];
    const message = { id: 'evt_1', timestamp: now(), body: BODY };
    const headers = sign(message, [keyOf(fresh), keyOf(old)]);
    expect(headers['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    expect(verified(old, BODY, headers)).toBeDefined();
    expect(verified(fresh, BODY, headers)).toBeDefined();
    expect(() => verified(other, BODY, headers)).toThrow('No matching signature found');
  });
});

const secretOf = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;

describe('a secret', () => {
  it('is new each time, and has 32 bytes', () => {
    const secrets = Array.from({ length: 100 }, createEndpointSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) expect(keyOf(secret).symmetricKeySize).toBe(32);
  });

  it.each([24, 25, 32, 63, 64])('may have %i bytes', (bytes) => {
    expect(keyOf(secretOf(bytes)).symmetricKeySize).toBe(bytes);
  });

  it.each([
    ['too short', secretOf(23)],
    ['too long', secretOf(65)],
    ['empty', 'whsec_'],
    ['without its prefix', secretOf(32).slice(6)],
    ['with another prefix', secretOf(32).replace('whsec_', 'WHSEC_')],
    ['without its padding', secretOf(32).replace('=', '')],
    ['with a space', secretOf(32).replace('whsec_', 'whsec_ ')],
    ['with a line end', `${secretOf(32)}\n`],
    ['in the alphabet of URLs', `whsec_${'-_'.repeat(21)}A=`],
    ['with bits that belong to no byte', `whsec_${'A'.repeat(42)}B=`],
  ])('is refused when it is %s', (_, secret) => {
    expect(parseEndpointSecret(secret)).toBeNull();
  });
});
