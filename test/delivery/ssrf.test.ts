import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../config/ip-address.ts';
import { STRICT_ENDPOINT_RULES } from '../../config/endpoint-rules.ts';
import { AddressRefused } from '../../events/delivery-error.ts';
import { refuseUrl } from '../../events/endpoint-url.ts';
import { createGuardedConnect } from '../../events/guarded-connect.ts';
import {
  createEventPoster,
  type EventPoster,
  type EventPosterOptions,
} from '../../events/post-event.ts';
import { mayBeReached } from '../../events/public-address.ts';
import { resolveByTheMachine, type ResolveName } from '../../events/resolve-name.ts';
import { lenientRules, LOOPBACK } from './rules.ts';
import { answering, OK, startTcpServer, type TcpServer } from './tcp-server.ts';

/** What must not be reached. It listens on all addresses of this machine, loopback of both kinds among them. */
let canary: TcpServer;
const posters: EventPoster[] = [];

beforeAll(async () => {
  canary = await startTcpServer(answering(OK), { host: '::' }).catch(() =>
    startTcpServer(answering(OK), { host: '0.0.0.0' }),
  );
});

afterEach(async () => {
  await Promise.all(posters.splice(0).map((poster) => poster.close()));
});

afterAll(() => canary.close());

const posterWith = (options: Partial<EventPosterOptions> = {}): EventPoster => {
  const poster = createEventPoster({ rules: lenientRules(), timeoutMs: 5_000, ...options });
  posters.push(poster);
  return poster;
};

const post = (poster: EventPoster, url: string) => poster.post({ url, headers: {}, body: '{}' });

const REFUSED = { status: null, errorCode: 'address_refused' };

/** A receiver that is allowed, on the port of a canary of its own at 127.0.0.1. */
const ALLOWED = '127.0.0.2';
const onlyAllowed = lenientRules(`${ALLOWED}/32`);

describe('a hostile URL', () => {
  const hosts = [
    // Loopback, in every spelling.
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '2130706433',
    '2130706433.',
    '017700000001',
    '0177.0.0.1',
    '0177.0.0.01',
    '0000000177.0.0.1',
    '0x7f000001',
    '0X7F.0.0.1',
    '0x7f.1',
    '0x7f.0x0.0x0.0x1',
    '127.0x1',
    '0177.0x0.1',
    '%31%32%37.0.0.1',
    '127%2e0%2e0%2e1',
    '127。0。0。1',
    '127．0．0．1',
    '127｡0｡0｡1',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '𝟏𝟐𝟕.𝟎.𝟎.𝟏',
    '0',
    '0.0.0.0',
    '0x0',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::0.0.0.1]',
    '[::]',
    // IPv4 within IPv6.
    '[::ffff:127.0.0.1]',
    '[::FFFF:7F00:1]',
    '[0:0:0:0:0:ffff:7f00:0001]',
    '[::ffff:0:127.0.0.1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001::80ff:fffe]',
    '[2606:4700::5efe:127.0.0.1]',
    '[2606:4700::200:5efe:7f00:1]',
    // Private, local, and of no use.
    '10.0.0.1',
    '10.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '0xc0a80101',
    '100.64.0.1',
    '198.18.0.1',
    '192.0.2.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[fc00::1]',
    '[fd12:3456:789a::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[2001:10::1]',
    '[3fff::1]',
    '[5f00::1]',
    '[100::1]',
    '[4000::1]',
    // Metadata.
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    // Names.
    'localhost',
    'LOCALHOST',
    'localhost.',
    'ⓛocalhost',
    'ｌｏｃａｌｈｏｓｔ',
    'loc\u00adalhost',
    'a.localhost',
    'ip6-localhost',
    'metadata.google.internal',
    'printer.local',
    // What looks like a receiver, and is the canary.
    'receiver.example@127.0.0.1',
    'receiver.example:80@127.0.0.1',
    'receiver.example%40@127.0.0.1',
    'user:word@[::1]',
    '@127.0.0.1',
    // No host at all.
    '[::1%25lo]',
    '[::1%lo]',
    '[fe80::1%25eth0]',
    '[127.0.0.1]',
    '127.0.0.1%00.receiver.example',
    '127.0.0.1\t.receiver.example',
    '127.0.0.1\r\nHost:receiver.example',
    '127.0.0.256',
    '::1',
    '',
  ];

  it.each(hosts)('with the host %j reaches nothing', async (host) => {
    const before = canary.connections();
    for (const scheme of ['http', 'https']) {
      const url = `${scheme}://${host}:${canary.port}/hook`;
      expect(refuseUrl(url, lenientRules())).not.toBeNull();
      expect(await post(posterWith(), url)).toMatchObject(REFUSED);
    }
    // And where that check were not there, and the next one got the raw spelling.
    const raw = host.replace(/^\[|\]$/g, '') || '::';
    await expect(connectTo(raw)).rejects.toMatchObject({
      code: expect.stringMatching(/^(address_refused|dns_failed)$/),
    });
    expect(canary.connections()).toBe(before);
  });

  it.each([
    'http://127.0.0.1\\@receiver.example:PORT/',
    'http:127.0.0.1:PORT',
    'http:/127.0.0.1:PORT',
    'http:///127.0.0.1:PORT',
    'http:\\\\127.0.0.1:PORT',
    '//127.0.0.1:PORT',
    'ftp://127.0.0.1:PORT',
    'gopher://127.0.0.1:PORT/_POST',
    'ws://127.0.0.1:PORT',
    'unix:/var/run/docker.sock',
    'http+unix://%2fvar%2frun%2fdocker.sock/info',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'blob:http://127.0.0.1:PORT/1',
  ])('%s reaches nothing', async (text) => {
    const before = canary.connections();
    const url = text.replace('PORT', String(canary.port));
    expect(refuseUrl(url, lenientRules())).not.toBeNull();
    expect(await post(posterWith(), url)).toMatchObject(REFUSED);
    expect(canary.connections()).toBe(before);
  });

  it('of a scheme or port that the rules do not have reaches nothing, though its address is allowed', async () => {
    const before = canary.connections();
    const { allowedRanges } = lenientRules(LOOPBACK);
    for (const scheme of ['http', 'https']) {
      const poster = posterWith({ rules: { ...STRICT_ENDPOINT_RULES, allowedRanges } });
      expect(await post(poster, `${scheme}://127.0.0.1:${canary.port}`)).toMatchObject(REFUSED);
    }
    await expect(
      connectTo('127.0.0.1', {
        rules: { ...lenientRules(LOOPBACK), ports: STRICT_ENDPOINT_RULES.ports },
      }),
    ).rejects.toBeInstanceOf(AddressRefused);
    expect(canary.connections()).toBe(before);
  });
});

describe('a name', () => {
  it.each([
    [['127.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['::ffff:7f00:1']],
    [['::127.0.0.1']],
    [['0.0.0.0']],
    [['::']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['fd00:ec2::254']],
    [['64:ff9b::7f00:1']],
    [['2002:7f00:1::']],
    [['fe80::1%lo']],
    // One public answer makes the other no better, wherever it stands.
    [['1.1.1.1', '127.0.0.1']],
    [['127.0.0.1', '1.1.1.1']],
    [['2606:4700:4700::1111', '1.1.1.1', '::1']],
    [[...Array.from({ length: 200 }, (_, last) => `1.1.1.${last}`), '127.0.0.1']],
    // What is no address at all.
    [['localhost']],
    [['2130706433']],
    [['0x7f.1']],
    [['127.1']],
    [['']],
  ])('that leads to %j is not connected to', async (answers) => {
    const before = canary.connections();
    for (const scheme of ['http', 'https']) {
      const poster = posterWith({ resolve: async () => answers });
      const url = `${scheme}://receiver.example:${canary.port}/hook`;
      expect(refuseUrl(url, lenientRules())).toBeNull();
      expect(await post(poster, url)).toMatchObject(REFUSED);
    }
    expect(canary.connections()).toBe(before);
  });

  it.each(['localhost', '127.0.0.1.', 'ip6-localhost', 'localhost.localdomain'])(
    'that the machine resolves, %s, is not connected to',
    async (name) => {
      const before = canary.connections();
      await expect(connectTo(name)).rejects.toBeInstanceOf(Error);
      expect(canary.connections()).toBe(before);
    },
  );

  it('that leads elsewhere the second time is checked for each connection, and asked for once', async () => {
    const { receiver, inner, close } = await startPair((socket) =>
      socket.on('data', () => socket.end(OK.replace('\r\n', '\r\nConnection: close\r\n'))),
    );
    const asked: string[] = [];
    const poster = posterWith({
      rules: onlyAllowed,
      resolve: async (name) => {
        asked.push(name);
        return asked.length === 1 ? [ALLOWED] : ['127.0.0.1'];
      },
    });
    const url = `http://rebinding.example:${receiver.port}/`;
    expect(await post(poster, url)).toMatchObject({ status: 200 });
    expect(asked).toEqual(['rebinding.example']);
    for (let round = 0; round < 5; round += 1) {
      expect(await post(poster, url)).toMatchObject(REFUSED);
    }
    expect(asked).toHaveLength(6);
    expect(receiver.connections()).toBe(1);
    expect(inner.connections()).toBe(0);
    await close();
  });

  it('that changes with every answer never wins a race', async () => {
    const { receiver, inner, close } = await startPair(answering(OK));
    let asked = 0;
    const poster = posterWith({
      rules: onlyAllowed,
      connections: 8,
      connectionMaxAgeMs: 0,
      resolve: async () => {
        asked += 1;
        return [asked % 2 === 0 ? ALLOWED : '127.0.0.1'];
      },
    });
    const url = `http://rebinding.example:${receiver.port}/`;
    const outcomes = [];
    for (let round = 0; round < 20; round += 1) {
      outcomes.push(...(await Promise.all([post(poster, url), post(poster, url)])));
    }
    const codes = new Set(outcomes.map(({ status, errorCode }) => status ?? errorCode));
    expect(codes).toEqual(new Set([200, 'address_refused']));
    expect(inner.connections()).toBe(0);
    await close();
  });

  it('is looked up anew when its connections are old, though the receiver would keep them', async () => {
    const { receiver, inner, close } = await startPair(answering(OK));
    let isMoved = false;
    const options = { rules: onlyAllowed, resolve: async () => [isMoved ? '127.0.0.1' : ALLOWED] };
    const url = `http://moving.example:${receiver.port}/`;
    const [young, old] = [posterWith(options), posterWith({ ...options, connectionMaxAgeMs: 0 })];
    expect(await post(young, url)).toMatchObject({ status: 200 });
    expect(await post(old, url)).toMatchObject({ status: 200 });
    isMoved = true;
    expect(await post(young, url)).toMatchObject({ status: 200 });
    expect(await post(old, url)).toMatchObject(REFUSED);
    expect(inner.connections()).toBe(0);
    await close();
  });
});

it.each([301, 302, 303, 307, 308])(
  'a redirect (%i) to what is not allowed is not followed',
  async (status) => {
    const { receiver, inner, close } = await startPair(
      answering(
        `HTTP/1.1 ${status} Go\r\nLocation: http://127.0.0.1:${canary.port}/\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    const before = canary.connections();
    const outcome = await post(
      posterWith({ rules: onlyAllowed }),
      `http://${ALLOWED}:${receiver.port}/`,
    );
    expect(outcome).toMatchObject({ status, errorCode: null });
    expect(canary.connections()).toBe(before);
    expect(inner.connections()).toBe(0);
    await close();
  },
);

it('a proxy that the environment names is not used', async () => {
  const { receiver, close } = await startPair(answering(OK));
  const before = canary.connections();
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
  try {
    for (const name of names) process.env[name] = `http://127.0.0.1:${canary.port}`;
    const poster = posterWith({ rules: onlyAllowed });
    expect(await post(poster, `http://${ALLOWED}:${receiver.port}/`)).toMatchObject({
      status: 200,
    });
  } finally {
    for (const name of names) delete process.env[name];
  }
  expect(canary.connections()).toBe(before);
  await close();
});

/** `receiver.example` is this machine. */
const withReceiver: ResolveName = async (name) =>
  name === 'receiver.example' ? ['127.0.0.1'] : await resolveByTheMachine(name);

describe('the same canary, where loopback is allowed,', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127。0。0。1',
    '[::ffff:127.0.0.1]',
    'localhost',
    'receiver.example',
  ])('is reached as %s', async (host) => {
    const before = canary.connections();
    const poster = posterWith({ rules: lenientRules(LOOPBACK), resolve: withReceiver });
    const outcome = await post(poster, `http://${host}:${canary.port}/hook`);
    expect(outcome).toMatchObject({ status: 200, errorCode: null, responseStart: 'ok' });
    expect(canary.connections()).toBeGreaterThan(before);
  });

  it('is reached at the address that works, where another does not', async () => {
    const resolve = async () => ['127.0.0.3', ALLOWED];
    const receiver = await startTcpServer(answering(OK), { host: ALLOWED });
    const poster = posterWith({ rules: lenientRules(LOOPBACK), resolve });
    const outcome = await post(poster, `http://receiver.example:${receiver.port}/`);
    expect(outcome).toMatchObject({ status: 200 });
    await receiver.close();
  });
});

const may = (text: string): boolean => {
  const address = parseIpAddress(text);
  if (!address) throw new Error('no address');
  return mayBeReached(address, STRICT_ENDPOINT_RULES);
};

describe('an address', () => {
  it.each([
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['168.63.129.16', '168.63.129.16'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.31.196.0', '192.31.196.255'],
    ['192.52.193.0', '192.52.193.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['192.175.48.0', '192.175.48.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '255.255.255.255'],
    ['::', '1fff:ffff::1'],
    ['2001::', '2001:1ff:ffff::1'],
    ['2001:db8::', '2001:db8:ffff::1'],
    ['2002::', '2002:ffff::1'],
    ['2620:4f:8000::', '2620:4f:8000:ffff::1'],
    ['3fff::', '3fff:fff:ffff::1'],
    ['4000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2606:4700::5efe:1.1.1.1', '2606:4700:1:2:200:5efe:808:808'],
  ])('from %s to %s is not public', (first, last) => {
    expect([first, last].map(may)).toEqual([false, false]);
  });

  it.each([
    ['1.0.0.0', '9.255.255.255'],
    ['11.0.0.0', '100.63.255.255'],
    ['100.128.0.0', '126.255.255.255'],
    ['128.0.0.0', '168.63.129.15'],
    ['168.63.129.17', '169.253.255.255'],
    ['169.255.0.0', '172.15.255.255'],
    ['172.32.0.0', '191.255.255.255'],
    ['192.0.1.0', '192.0.1.255'],
    ['192.0.3.0', '192.31.195.255'],
    ['192.169.0.0', '192.175.47.255'],
    ['198.20.0.0', '198.51.99.255'],
    ['203.0.114.0', '223.255.255.255'],
    ['2001:200::', '2001:db7:ffff::1'],
    ['2001:db9::', '2001:ffff::1'],
    ['2003::', '3ffe:ffff::1'],
    ['2606:4700:4700::1111', '::ffff:1.1.1.1'],
    ['2606:4700::5eff:1.1.1.1', '2606:4700:5efe::1'],
  ])('from %s to %s is', (first, last) => {
    expect([first, last].map(may)).toEqual([true, true]);
  });
});

/** What `createGuardedConnect` makes of a host, past the check of the URL. */
async function connectTo(
  hostname: string,
  options: Partial<Parameters<typeof createGuardedConnect>[0]> = {},
): Promise<Socket> {
  const connect = createGuardedConnect({
    rules: lenientRules(),
    resolve: resolveByTheMachine,
    timeoutMs: 5_000,
    closed: new AbortController().signal,
    ...options,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  connect({ hostname, protocol: 'http:', port: String(canary.port) }, (error, socket) => {
    if (error) return reject(error);
    socket.destroy();
    return resolve(socket);
  });
  return await promise;
}

/** A receiver at the allowed address, and on the same port of 127.0.0.1 a canary. */
async function startPair(onConnection: (socket: Socket) => void) {
  for (;;) {
    const receiver = await startTcpServer(onConnection, { host: ALLOWED });
    try {
      const inner = await startTcpServer(answering(OK), { port: receiver.port });
      const close = (): Promise<unknown> => Promise.all([receiver.close(), inner.close()]);
      return { receiver, inner, close };
    } catch {
      await receiver.close();
    }
  }
}
