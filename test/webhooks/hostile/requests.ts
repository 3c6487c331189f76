type Random = () => number;

export interface HostileRequest {
  readonly name: string;
  /** Written one after the other. */
  readonly parts: readonly (string | Buffer)[];
  /** Whether all of it is a request that the body was sent with as it is: then a 200 means that it is stored. */
  readonly isWhole: boolean;
}

const PATH = '/webhooks/okra';

const request = (lines: readonly string[], line = `POST ${PATH} HTTP/1.1`): Buffer =>
  Buffer.from([line, ...lines, '', ''].join('\r\n'), 'latin1');

/** Ways to send a body, most of them wrong; the same for the same random numbers. */
export function hostileRequest(random: Random, token: string, body: Buffer): HostileRequest {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const upTo = (most: number): number => Math.floor(random() * most);
  const proof = `Authorization: Bearer ${token}`;
  const type = 'Content-Type: application/json';
  const length = `Content-Length: ${body.length}`;
  const close = 'Connection: close';
  const good = ['Host: freshet.test', proof, type, length, close];

  const chunked = (size: number): Buffer[] => {
    const parts: Buffer[] = [];
    for (let at = 0; at < body.length; at += size) {
      const part = body.subarray(at, at + size);
      parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
    }
    return [Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])];
  };
  const inPieces = (whole: Buffer): Buffer[] => {
    const at = upTo(whole.length);
    return [whole.subarray(0, at), whole.subarray(at)];
  };
  const transfer = ['Host: freshet.test', proof, type, 'Transfer-Encoding: chunked', close];

  const withLines = (name: string, lines: readonly string[], isWhole = false): HostileRequest => ({
    name,
    isWhole,
    parts: [request([...good, ...lines]), body],
  });
  const instead = (name: string, lines: readonly string[], line?: string): HostileRequest => ({
    name,
    isWhole: false,
    parts: [request(lines, line), body],
  });

  const kinds: readonly (() => HostileRequest)[] = [
    ...Array.from({ length: 12 }, () => () => withLines('as it should be', [], true)),
    () => ({
      name: 'in pieces',
      isWhole: true,
      parts: inPieces(Buffer.concat([request(good), body])),
    }),
    () => ({
      name: 'in chunks',
      isWhole: true,
      parts: [request(transfer), ...chunked(pick([7, 100]) + (body.length >> 11))],
    }),
    () => ({
      name: 'in chunks of a byte',
      isWhole: body.length <= 4_000,
      parts: [request(transfer), ...chunked(1)],
    }),
    () => ({
      name: 'cut off',
      isWhole: false,
      parts: [request(good), body.subarray(0, upTo(body.length))],
    }),
    () => ({
      name: 'longer than it says',
      isWhole: false,
      parts: [request(good), body, 'x'.repeat(upTo(500))],
    }),
    () => ({ name: 'chunks cut off', isWhole: false, parts: [request(transfer), 'ff\r\nabc'] }),
    () => ({
      name: 'chunk of no size',
      isWhole: false,
      parts: [
        request(transfer),
        pick(['zz\r\n', '-1\r\n', 'ffffffffffffffffff\r\n', '\r\n', '5;', '0x5\r\nabcde\r\n']),
      ],
    }),
    () => ({
      name: 'chunk extension',
      isWhole: false,
      parts: [request(transfer), `5;${'x'.repeat(20_000)}\r\nabcde\r\n0\r\n\r\n`],
    }),
    () => ({
      name: 'trailers',
      isWhole: false,
      parts: [
        request([...transfer, 'Trailer: Authorization']),
        '2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n',
      ],
    }),
    () => ({
      name: 'two at once',
      isWhole: false,
      parts: [Buffer.concat([request(good.slice(0, 4)), body, request(good), body])],
    }),
    () => instead('length and chunks', [...transfer, length]),
    () =>
      instead('chunks and length', ['Host: a', proof, type, length, 'Transfer-Encoding: chunked']),
    () =>
      instead('two encodings', [
        'Host: a',
        proof,
        type,
        pick([
          'Transfer-Encoding: chunked, identity',
          'Transfer-Encoding: xchunked',
          'Transfer-Encoding : chunked',
          'Transfer-Encoding: gzip, chunked',
          'Transfer-Encoding:\tchunked',
          'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
        ]),
      ]),
    () =>
      instead('odd length', [
        'Host: a',
        proof,
        type,
        `Content-Length: ${pick(['-1', '+5', '1e3', '0x10', '99999999999999999999', '5, 5', ' ', '1 1', `${body.length}\r\nContent-Length: 1`])}`,
      ]),
    () => instead('too long by its length', ['Host: a', proof, type, 'Content-Length: 1048577']),
    () => instead('no length', ['Host: a', proof, type, close]),
    () => instead('no host', [proof, type, length]),
    () =>
      instead('odd host', [
        `Host: ${pick(['', 'a b', '[::1', 'a:99999', '\\', 'a/b', '%00', 'é', 'a,b', '@', 'x'.repeat(5_000)])}`,
        proof,
        type,
        length,
        close,
      ]),
    () => instead('two hosts', ['Host: a', ...good]),
    () =>
      instead(
        'odd method',
        good,
        `${pick(['GET', 'HEAD', 'PUT', 'TRACE', 'CONNECT', 'PRI', 'QUERY', 'M-SEARCH', 'post', 'POSTPOST', '', '\0', 'G@T'])} ${PATH} HTTP/1.1`,
      ),
    () =>
      instead(
        'odd target',
        good,
        `POST ${pick(['*', '/', '//', '/webhooks/%00', '/webhooks/%ff', '/webhooks/%', '/webhooks/okra/../okra', '/webhooks/okra%2f', '/webhooks/__proto__', '/webhooks/okra?a=%ff', '/webhooks\\okra', 'http://x/webhooks/okra', 'http://', 'https://[::1/', 'ftp://x/', `/webhooks/${'x'.repeat(8_000)}`, '/webhooks/okra#x', '/webhooks/é', '/webhooks/;jsessionid=1'])} HTTP/1.1`,
      ),
    () =>
      instead(
        'odd version',
        good,
        `POST ${PATH} ${pick(['HTTP/0.9', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', 'HTTP/1.1.1', ''])}`,
      ),
    () =>
      withLines('a huge header', [`X-Huge: ${'x'.repeat(pick([8_000, 15_000, 17_000, 100_000]))}`]),
    () =>
      withLines(
        'many headers',
        Array.from({ length: pick([200, 1_500, 3_000]) }, (_, n) => `X${n}: ${n}`),
      ),
    () =>
      withLines('odd headers', [
        pick([
          'X-A: \x7f',
          'X-A: \xff\xfe',
          'X-A: a\0b',
          'X A: b',
          ': b',
          'X-A',
          ' folded: a',
          'X-A: a\r\n b',
          'X-A: a\rb',
          'X-A: a\nX-B: c',
          '__proto__: a',
          'constructor: a',
          'X-\xe9: a',
          'Set-Cookie: a=b',
          'Cookie: __proto__=1',
        ]),
      ]),
    () =>
      withLines('repeated headers', [
        pick([
          proof,
          type,
          'Content-Type: text/html',
          'Authorization: Bearer x',
          length,
          'Content-Encoding: gzip',
          'Content-Encoding: identity',
        ]),
      ]),
    () =>
      withLines(
        'forwarded',
        [
          `X-Forwarded-For: ${pick(['127.0.0.1', 'x'.repeat(8_000), ',,,', '\xff', '::ffff:1', '1.1.1.1,'.repeat(900)])}`,
        ],
        true,
      ),
    () =>
      withLines('an upgrade', [
        `Upgrade: ${pick(['h2c', 'websocket', 'TLS/1.0'])}`,
        'Connection: Upgrade',
      ]),
    () => withLines('an expectation', [`Expect: ${pick(['100-continue', 'nothing', ''])}`]),
    () =>
      withLines('another type', [
        `Content-Type: ${pick(['text/plain', 'application/json;charset=utf-7', '\xff', ''])}`,
      ]),
    () => ({
      name: 'no HTTP',
      isWhole: false,
      parts: [
        pick([
          Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'),
          Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
          Buffer.from('\r\n'.repeat(500)),
          Buffer.from('GET /\r\n\r\n'),
          body.subarray(0, 5_000),
        ]),
      ],
    }),
  ];
  return pick(kinds)();
}
