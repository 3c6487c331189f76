import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { VERSION } from '../../config/version.ts';
import type { PostOutcome } from '../../events/exchange.ts';
import {
  createEventPoster,
  PosterClosed,
  type EventPoster,
  type EventPosterOptions,
} from '../../events/post-event.ts';
import { freePort } from '../../dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import { randomFrom } from '../support/random.ts';
import { lenientRules, LOOPBACK } from './rules.ts';
import {
  answering,
  OK,
  startTcpServer,
  type TcpServer,
  type TcpServerOptions,
} from './tcp-server.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  // Posters first: they wait for what is under way.
  for (const close of closers.splice(0).toReversed()) await close();
});

const receiver = async (
  onConnection: (socket: Socket) => void,
  options?: TcpServerOptions,
): Promise<TcpServer> => {
  const server = await startTcpServer(onConnection, options);
  closers.push(server.close);
  return server;
};

const posterWith = (options: Partial<EventPosterOptions> = {}): EventPoster => {
  const poster = createEventPoster({
    rules: lenientRules(LOOPBACK),
    timeoutMs: 10_000,
    ...options,
  });
  closers.push(poster.close);
  return poster;
};

const post = (poster: EventPoster, port: number, more: object = {}): Promise<PostOutcome> =>
  poster.post({ url: `http://127.0.0.1:${port}/hook?a=1`, headers: {}, body: '{}', ...more });

/** Posts once to a receiver that does this with each connection. */
const outcomeOf = async (
  onConnection: (socket: Socket) => void,
  options: Partial<EventPosterOptions> = {},
): Promise<PostOutcome> => {
  const { port } = await receiver(onConnection);
  return await post(posterWith(options), port);
};

const http = (head: string, body = ''): string =>
  `HTTP/1.1 ${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Writes `part` again and again for as long as anybody reads. */
const forEver =
  (start: string, part: string | Buffer, everyMs = 0) =>
  (socket: Socket): void => {
    socket.once('data', () => {
      socket.write(start);
      const more = (): void => {
        if (socket.destroyed) return;
        socket.write(part);
        setTimeout(more, everyMs);
      };
      more();
    });
  };

const TIMES_OUT = { timeoutMs: 800 };

describe('a post', () => {
  it('is what was given, beside its own headers', async () => {
    const server = await receiver(answering(OK));
    const headers = { 'webhook-id': 'evt_1', 'webhook-signature': 'v1,abc= v1,def=' };
    const body = '{"holder":"Ọlá 🏦"}';
    const poster = posterWith();
    expect(await post(poster, server.port, { headers, body })).toEqual({
      status: 200,
      errorCode: null,
      retryAfterMs: null,
      latencyMs: expect.any(Number),
      responseStart: 'ok',
    });
    expect(await post(poster, server.port, { body: Buffer.from(body) })).toMatchObject({
      status: 200,
    });
    const [first = ''] = server.received().split(body);
    expect(first.split('\r\n')).toEqual([
      'POST /hook?a=1 HTTP/1.1',
      `host: 127.0.0.1:${server.port}`,
      'connection: keep-alive',
      `user-agent: Freshet/${VERSION}`,
      'content-type: application/json',
      'webhook-id: evt_1',
      'webhook-signature: v1,abc= v1,def=',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      '',
    ]);
    expect(server.received().split(body)).toHaveLength(3);
  });

  it('uses the connection of the one before, and no more than it may', async () => {
    const server = await receiver(answering(OK));
    const poster = posterWith({ connections: 3 });
    for (let n = 0; n < 10; n += 1) await post(poster, server.port);
    // The one is made ready for the next post only a moment after its answer.
    expect(server.connections()).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 50 }, () => post(poster, server.port)));
    expect(server.connections()).toBeLessThanOrEqual(3);
    await poster.close();
    await eventually(() => server.open() === 0, { describe: 'all connections to be closed' });
    await expect(post(poster, server.port)).rejects.toThrow('the poster is closed');
  });

  it('is dropped where the poster may wait no longer, and nothing is known of it', async () => {
    const server = await receiver(() => undefined);
    const poster = posterWith();
    const posted = post(poster, server.port).catch((error: unknown) => error);
    await eventually(() => server.open() === 1);
    await poster.close(0);
    expect(await posted).toBeInstanceOf(PosterClosed);
    await eventually(() => server.open() === 0, { describe: 'all connections to be closed' });
  });

  it('to one URL is not held up by those to another at the same host', async () => {
    const server = await receiver((socket) =>
      socket.on('data', (part: Buffer) => {
        if (!part.toString().startsWith('POST /slow')) socket.write(OK);
      }),
    );
    const poster = posterWith({ connections: 2, timeoutMs: 1_500 });
    const to = (path: string): Promise<PostOutcome> =>
      post(poster, server.port, { url: `http://127.0.0.1:${server.port}/${path}` });
    const slow = Promise.all(Array.from({ length: 10 }, () => to('slow')));
    for (let n = 0; n < 10; n += 1) expect(await to('quick')).toMatchObject({ status: 200 });
    const codes = (await slow).map(({ errorCode }) => errorCode);
    // Those that waited for one of the two connections were never sent.
    expect(new Set(codes)).toEqual(new Set(['timeout', 'connect_timeout']));
    expect(server.received().match(/POST \/slow/g)).toHaveLength(2);
  });

  it('goes through after any number that failed', async () => {
    let isWell = false;
    const server = await receiver((socket) =>
      socket.on('data', () => (isWell ? socket.write(OK) : socket.destroy())),
    );
    const poster = posterWith({ connections: 2 });
    const failed = await Promise.all(Array.from({ length: 20 }, () => post(poster, server.port)));
    expect(new Set(failed.map(({ errorCode }) => errorCode))).toEqual(
      new Set(['connection_reset']),
    );
    isWell = true;
    expect(await post(poster, server.port)).toMatchObject({ status: 200 });
  });

  it('is given up when its signal aborts', async () => {
    const server = await receiver(() => undefined);
    const poster = posterWith();
    const controller = new AbortController();
    const { signal } = controller;
    const posts = Array.from({ length: 30 }, () => post(poster, server.port, { signal }));
    const settled = Promise.allSettled(posts);
    await eventually(() => server.received().includes('POST'));
    controller.abort(new Error('the worker stops'));
    for (const { status, ...rest } of await settled) {
      expect(status).toBe('rejected');
      expect(rest).toMatchObject({ reason: { message: 'the worker stops' } });
    }
    await expect(post(poster, server.port, { signal })).rejects.toThrow('the worker stops');
    await poster.close();
    await eventually(() => server.open() === 0, { describe: 'all connections to be closed' });
  });

  it('with a header that is none rejects, and leaves the receiver well', async () => {
    const server = await receiver(answering(OK));
    const poster = posterWith();
    const headers = { 'webhook-id': 'evt_1\r\nX-Injected: 1' };
    await expect(post(poster, server.port, { headers })).rejects.toThrow(
      'invalid webhook-id header',
    );
    expect(await post(poster, server.port)).toMatchObject({ status: 200 });
    expect(server.received()).not.toContain('Injected');
  });
});

describe('the status', () => {
  it.each([200, 201, 204, 299, 301, 304, 400, 401, 410, 418, 429, 500, 502, 503, 504, 599])(
    '%i is told as it is',
    async (status) => {
      const answer = `HTTP/1.1 ${status} Whatever\r\nContent-Length: 0\r\n\r\n`;
      expect(await outcomeOf(answering(answer))).toMatchObject({ status, errorCode: null });
    },
  );

  it.each([
    ['100', `${'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(16)}${OK}`, 200],
    ['a proxy', `HTTP/1.1 102 Processing\r\n\r\n${OK}`, 200],
  ])('is the last one after %s', async (_, answer, status) => {
    expect(await outcomeOf(answering(answer))).toMatchObject({ status });
  });

  it.each([
    ['seconds', '120', 120_000],
    ['no seconds', '0', 0],
    ['a date long past', 'Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['a date far off', 'Fri, 31 Dec 2999 23:59:59 GMT', 86_400_000],
    ['a year of seconds', '31536000', 86_400_000],
    ['more seconds than there are', '9'.repeat(400), 86_400_000],
    ['two of them', '7\r\nRetry-After: 9', 7_000],
    ['nonsense', 'soon', null],
    ['a negative number', '-5', null],
    ['nothing', '', null],
  ])('comes with the wait that is asked for: %s', async (_, header, retryAfterMs) => {
    const answer = answering(http(`429 Slow Down\r\nRetry-After: ${header}`));
    expect(await outcomeOf(answer)).toMatchObject({ status: 429, retryAfterMs });
  });

  it('comes with the wait until a date', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { retryAfterMs } = await outcomeOf(answering(http(`503 Away\r\nRetry-After: ${date}`)));
    expect(retryAfterMs).toBeGreaterThan(3_500_000);
    expect(retryAfterMs).toBeLessThanOrEqual(3_600_000);
  });
});

describe("the answer's start", () => {
  it.each([
    ['text', Buffer.from('{"error":"naïve 🏦"}\r\n\tno'), '{"error":"naïve 🏦"}\r\n\tno'],
    [
      'control characters',
      Buffer.from('a\0b\x1b[31mc\x7fd\u0085e'),
      'a\ufffdb\ufffd[31mc\ufffdd\ufffde',
    ],
    ['turned text', Buffer.from('a\u202eb\u2066c'), 'a\ufffdb\ufffdc'],
    ['no UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62]), 'a\ufffd\ufffdb'],
    ['half a character', Buffer.from([0x61, 0xf0, 0x9f]), 'a\ufffd'],
    ['half a surrogate pair', Buffer.from([0xed, 0xa0, 0xbd]), '\ufffd\ufffd\ufffd'],
    ['a lot', Buffer.from('é'.repeat(5_000)), 'é'.repeat(256)],
    ['a lot, cut within a character', Buffer.from(`a${'é'.repeat(5_000)}`), `a${'é'.repeat(255)}`],
  ])('of %s is well-formed', async (_, body, start) => {
    const head = `HTTP/1.1 500 Oops\r\nContent-Length: ${body.length}\r\n\r\n`;
    const outcome = await outcomeOf(answering(Buffer.concat([Buffer.from(head), body])));
    expect(outcome).toMatchObject({ status: 500, responseStart: start });
    expect(outcome.responseStart.isWellFormed()).toBe(true);
  });

  it('is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 'a'));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const outcome = await outcomeOf(answering(Buffer.concat([Buffer.from(head), bomb])));
    expect(outcome).toMatchObject({ status: 200, errorCode: null });
    expect(outcome.responseStart).not.toContain('aaaa');
    expect(outcome.responseStart.length).toBeLessThanOrEqual(512);
  });
});

describe('a receiver that', () => {
  it('is not there is refused', async () => {
    const outcome = await post(posterWith(), await freePort());
    expect(outcome).toEqual({
      status: null,
      errorCode: 'connection_refused',
      retryAfterMs: null,
      latencyMs: expect.any(Number),
      responseStart: '',
    });
  });

  it.each([
    ['is not known', () => Promise.reject(new Error('ENOTFOUND')), 'dns_failed'],
    ['has no address', () => Promise.resolve([]), 'dns_failed'],
    ['is never found', () => new Promise<never>(() => undefined), 'connect_timeout'],
  ])('%s fails by its name', async (_, resolve, errorCode) => {
    const poster = posterWith({ resolve, ...TIMES_OUT });
    const url = 'http://receiver.example:1/';
    expect(await poster.post({ url, headers: {}, body: '{}' })).toMatchObject({ errorCode });
  });

  it('never accepts fails to connect in time', async () => {
    // TLS that the other side never begins: from here it is the same.
    const server = await receiver(() => undefined);
    const poster = posterWith({ timeoutMs: 5_000, connectTimeoutMs: 200 });
    const url = `https://127.0.0.1:${server.port}/`;
    const outcome = await poster.post({ url, headers: {}, body: '{}' });
    expect(outcome).toMatchObject({ status: null, errorCode: 'connect_timeout' });
    await eventually(() => server.open() === 0, { describe: 'the connection to be given up' });
  });

  it.each([
    ['is silent', () => undefined],
    ['drips its status line', forEver('HTTP/1.1 200 O', 'K', 5)],
    ['sends a status line without an end', forEver('HTTP/1.1 200 ', 'O'.repeat(4_096))],
    ['drips its headers', forEver('HTTP/1.1 200 OK\r\n', 'a: b\r\n', 20)],
    ['drips early hints', forEver('', 'HTTP/1.1 103 Early Hints\r\n\r\n', 50)],
  ])('%s does not answer in time', async (_, onConnection) => {
    const server = await receiver(onConnection);
    const outcome = await post(posterWith(TIMES_OUT), server.port);
    expect(outcome).toMatchObject({ status: null, errorCode: 'timeout', responseStart: '' });
    await eventually(() => server.open() === 0, { describe: 'the connection to be dropped' });
  });

  it.each([
    ['sends headers without an end', forEver('HTTP/1.1 200 OK\r\n', `a: ${'b'.repeat(4_096)}\r\n`)],
    ['sends one header without an end', forEver('HTTP/1.1 200 OK\r\na: ', 'b'.repeat(4_096))],
    ['storms with early hints', forEver('', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50))],
    ['goes on after being told', answering('HTTP/1.1 100 Continue\r\n\r\n')],
    [
      'changes the protocol',
      answering('HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
    ['speaks no HTTP', answering('SSH-2.0-OpenSSH_9.9\r\n')],
    ['speaks HTTP/2', answering(Buffer.from('00000604000000000000030000006400', 'hex'))],
    ['speaks HTTP/0.9', answering('<html></html>')],
    ['has a status of two digits', answering('HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n')],
    [
      'has two lengths',
      answering('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na'),
    ],
    ['has a length that is none', answering('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n')],
    ['has a NUL in a header', answering('HTTP/1.1 200 OK\r\na: \0\r\n\r\n')],
  ])('%s breaks the protocol', async (_, onConnection) => {
    const server = await receiver(onConnection);
    const outcome = await post(posterWith(), server.port);
    expect(outcome).toMatchObject({ status: null, errorCode: 'protocol_error' });
    await eventually(() => server.open() === 0, { describe: 'the connection to be dropped' });
  });

  it.each([
    ['closes at once', (socket: Socket) => socket.end()],
    ['closes when it is told', (socket: Socket) => socket.once('data', () => socket.end())],
    ['resets at once', (socket: Socket) => socket.resetAndDestroy()],
    [
      'resets when it is told',
      (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
    ],
    [
      'closes within its headers',
      (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\na: ')),
    ],
  ])('%s has not answered', async (_, onConnection) => {
    const outcome = await outcomeOf(onConnection);
    expect(outcome).toMatchObject({ status: null, errorCode: 'connection_reset' });
  });

  it.each([
    ['never ends its body', forEver('HTTP/1.1 200 OK\r\n\r\nok', 'x'.repeat(8_192))],
    ['drips its body', forEver('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nok', 'x', 50)],
    ['never begins its body', answering('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n')],
    [
      'drips chunks',
      forEver('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n', '1\r\nx\r\n', 50),
    ],
    [
      'never ends the name of a chunk',
      forEver('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;', 'x'.repeat(500)),
    ],
    [
      'drips trailers',
      forEver('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', 'a: b\r\n', 20),
    ],
    [
      'closes within its body',
      (socket: Socket) => socket.once('data', () => socket.end(OK.slice(0, -1))),
    ],
    [
      'resets within its body',
      (socket: Socket) =>
        socket.once('data', () => socket.write(OK.slice(0, -1), () => socket.resetAndDestroy())),
    ],
    [
      'breaks its chunks',
      answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n'),
    ],
  ])('%s has answered all the same', async (_, onConnection) => {
    const server = await receiver(onConnection);
    const outcome = await post(posterWith(), server.port);
    expect(outcome).toMatchObject({ status: 200, errorCode: null });
    await eventually(() => server.open() === 0, { describe: 'the connection to be dropped' });
  });

  it('answers before it has read all is heard', async () => {
    const server = await receiver((socket) =>
      socket.once('data', () => socket.write(http('413 Too Large'))),
    );
    const outcome = await post(posterWith(), server.port, { body: `"${'a'.repeat(5_000_000)}"` });
    expect(outcome).toMatchObject({ status: 413 });
  });

  it('reads nothing does not hold a large post for longer than its time', async () => {
    const server = await receiver((socket) => socket.pause());
    const outcome = await post(posterWith(TIMES_OUT), server.port, {
      body: 'a'.repeat(20_000_000),
    });
    expect(outcome).toMatchObject({ status: null, errorCode: 'timeout' });
  });

  it('answers what nobody asked for is not believed', async () => {
    const server = await receiver((socket) =>
      socket.on('data', () => socket.write(`${OK}${http('500 Poisoned')}`)),
    );
    const poster = posterWith({ connections: 1 });
    for (let n = 0; n < 5; n += 1) {
      expect(await post(poster, server.port)).not.toMatchObject({ status: 500 });
    }
  });

  it('sends anything at all ends in an outcome', async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = randomFrom(seed);
    const below = (n: number): number => Math.floor(random() * n);
    const words = [
      'HTTP/1.1 ',
      '200',
      ' OK',
      '\r\n',
      '\n',
      '\0',
      ':',
      'Content-Length',
      '5',
      'chunked',
      'Transfer-Encoding: ',
      '\r\n\r\n',
      'ff',
      ';',
      'Connection: close',
      'Upgrade',
      '103',
      ' ',
      '\xff',
      'a'.repeat(999),
    ];
    const server = await receiver((socket) =>
      socket.on('data', () => {
        const parts = Array.from({ length: 1 + below(14) }, () => words[below(words.length)]);
        const start = below(3) === 0 ? '' : 'HTTP/1.1 200 OK\r\n';
        socket.write(start + parts.join(''), 'latin1');
        if (below(2) === 0) socket.end();
      }),
    );
    const poster = posterWith({ timeoutMs: 150 });
    for (let round = 0; round < 20; round += 1) {
      const posts = Array.from({ length: 16 }, () => post(poster, server.port));
      for (const { status, errorCode } of await Promise.all(posts)) {
        const told = [status, errorCode].filter((part) => part !== null);
        expect(told, `with the seed ${seed}`).toHaveLength(1);
      }
    }
  });
});

/** Made with openssl, for receiver.example and 127.0.0.1, until 2126; the authority's key is gone. */
const file = (name: string): string =>
  readFileSync(new URL(`tls/${name}`, import.meta.url), 'utf8');

const postTo = (host: string, port: number, options: Partial<EventPosterOptions>) =>
  posterWith({ resolve: async () => ['127.0.0.1'], ...options }).post({
    url: `https://${host}:${port}/`,
    headers: {},
    body: '{}',
  });

describe('TLS', () => {
  const tls = { key: file('receiver.key'), cert: file('receiver.pem') };
  const ca = file('ca.pem');

  it.each(['receiver.example', 'receiver.example.', 'RECEIVER.example', '127.0.0.1'])(
    'is trusted when the certificate of %s is',
    async (host) => {
      const names: unknown[] = [];
      const server = await receiver(answering(OK), {
        tls: {
          ...tls,
          SNICallback(name, callback) {
            names.push(name);
            callback(null);
          },
        },
      });
      expect(await postTo(host, server.port, { ca })).toMatchObject({ status: 200 });
      expect(names).toEqual(host === '127.0.0.1' ? [] : ['receiver.example']);
    },
  );

  it.each([
    ['that nobody vouches for', 'receiver.example', {}],
    ['of another name', 'other.example', { ca }],
    ['of another address', '127.0.0.2', { ca }],
    ['of another authority', 'receiver.example', { ca: tls.cert }],
  ])('with a certificate %s fails, and nothing is sent', async (_, host, options) => {
    const wasSet = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const server = await receiver(answering(OK), {
        host: host === '127.0.0.2' ? host : '127.0.0.1',
        tls,
      });
      const outcome = await postTo(host, server.port, options);
      expect(outcome).toMatchObject({ status: null, errorCode: 'tls_failed' });
      expect(server.received()).toBe('');
    } finally {
      if (wasSet === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = wasSet;
    }
  });

  it('fails where the receiver speaks HTTP without it', async () => {
    const server = await receiver((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 400 Bad\r\n\r\n')),
    );
    expect(await postTo('receiver.example', server.port, { ca })).toMatchObject({
      errorCode: 'tls_failed',
    });
  });

  it('that breaks off is a reset', async () => {
    const server = await receiver((socket) => socket.once('data', () => socket.destroy()));
    expect(await postTo('receiver.example', server.port, { ca })).toMatchObject({
      errorCode: 'connection_reset',
    });
  });
});
