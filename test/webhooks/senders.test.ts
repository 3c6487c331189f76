import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpRanges } from '../../config/ip-ranges.ts';
import { readSenderSettings, type SenderSettings } from '../../config/sender-settings.ts';
import { findSender } from '../../api/webhooks/find-sender.ts';
import { startFreshet, type Freshet } from '../support/start-freshet.ts';

const read = (senders?: string, proxies?: string): SenderSettings =>
  readSenderSettings({ FRESHET_OKRA_WEBHOOK_SENDERS: senders, FRESHET_TRUSTED_PROXIES: proxies }, [
    'okra',
  ]);

describe('the settings', () => {
  it('are nothing by default, and nothing when empty', () => {
    for (const settings of [read(), read('', '')]) {
      expect(settings.senders.size).toBe(0);
      expect(settings.trustedProxies).toBeUndefined();
    }
  });

  it.each([
    'nonsense',
    '10.0.0.0/33',
    '10.0.0/8',
    '2001:db8::/129',
    '10.0.0.1,,10.0.0.2',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.1/-1',
    'fe80::1%eth0',
    '010.0.0.1',
  ])('are refused when they are %j, without being quoted', (text) => {
    expect(() => read(text)).toThrow(
      'FRESHET_OKRA_WEBHOOK_SENDERS must be IP addresses and CIDR ranges, such as 192.0.2.7,2001:db8::/32',
    );
    expect(() => read(undefined, text)).toThrow('FRESHET_TRUSTED_PROXIES must be IP addresses');
  });
});

describe('the sender', () => {
  const proxies = parseIpRanges('10.0.0.0/8, ::ffff:172.16.0.0/108, 2001:db8::/32') ?? undefined;

  it.each([
    ['the peer', '192.0.2.1', undefined, '192.0.2.1'],
    ['the peer, whatever it says', '192.0.2.1', '198.51.100.1', '192.0.2.1'],
    ['the peer, as IPv4', '::ffff:192.0.2.1', undefined, '192.0.2.1'],
    ['the peer, as IPv4 in hex', '::ffff:c000:201', undefined, '192.0.2.1'],
    ['the peer without its zone', 'fe80::1%eth0', undefined, 'fe80::1'],
    ['the last before the proxy', '10.0.0.1', '1.1.1.1, 192.0.2.1', '192.0.2.1'],
    ['the last that is no proxy', '::ffff:10.0.0.1', '192.0.2.1, 172.31.0.1,10.9.9.9', '192.0.2.1'],
    ['one of IPv6', '2001:db8::1', '2A00:1:0::5', '2a00:1::5'],
    ['one with a port', '10.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
    ['one of IPv6 with a port', '10.0.0.1', '[2a00:1::5]:4711', '2a00:1::5'],
    ['what a stranger wrote left of it, unread', '10.0.0.1', 'nonsense,,192.0.2.1', '192.0.2.1'],
    ['the proxy, where it says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['the first, where all are proxies', '10.0.0.1', '10.0.0.2, 10.0.0.3', '10.0.0.2'],
    ['not known, where it is malformed', '10.0.0.1', 'nonsense', null],
    ['not known, where it is empty', '10.0.0.1', '192.0.2.1, ', null],
    ['not known, where it is a name', '10.0.0.1', 'bank.example', null],
    ['not known, where the connection is gone', undefined, '192.0.2.1', null],
  ])('is %s', (_, peer, forwardedFor, sender) => {
    expect(findSender(peer, forwardedFor, proxies)?.text ?? null).toBe(sender);
  });
});

describe('the endpoint', () => {
  let freshet: Freshet;
  beforeAll(async () => {
    freshet = await startFreshet({
      worker: false,
      senders: read('192.0.2.0/24, 2001:db8:1::/48', '127.0.0.1'),
    });
  });
  afterAll(() => freshet.close());

  async function send(forwardedFor: string | undefined, token = freshet.webhookToken) {
    const response = await fetch(`${freshet.url}/webhooks/okra`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
        ...(forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor }),
      },
      body: '{}',
    });
    const { code } = (await response.json()) as { readonly code?: string };
    return [response.status, code];
  }

  it.each(['192.0.2.9', '203.0.113.5, 192.0.2.9', '::ffff:192.0.2.9', '2001:db8:1::5'])(
    'takes webhooks from %s',
    async (forwardedFor) => {
      expect(await send(forwardedFor)).toEqual([200, undefined]);
      expect(await send(forwardedFor, 'wrong')).toEqual([401, 'webhook_not_verified']);
    },
  );

  it.each([undefined, '203.0.113.5', '192.0.2.9, 203.0.113.5', '2001:db8:2::5', 'nonsense', ','])(
    'takes none from %j',
    async (forwardedFor) => {
      const before = await freshet.db.selectFrom('inbound_webhooks').select('id').execute();
      expect(await send(forwardedFor)).toEqual([403, 'sender_not_allowed']);
      const after = await freshet.db.selectFrom('inbound_webhooks').select('id').execute();
      expect(after).toEqual(before);
    },
  );
});
