/** Found in no log, and in no answer. */
export const MARK = 'hostile-mark';

type Random = () => number;

const CODES = [
  'BALANCE_SUCCESS',
  'ACCOUNTS_SUCCESS',
  'INITIAL_TRANSACTIONS',
  'PERIODIC_TRANSACTIONS',
  'TRANSACTIONS_DELETED',
  'AUTH_EXPIRED',
  'AUTH_REVOKED',
  'AUTH_SUCCESS',
  'IDENTITY_IS_READY',
  'TRANSACTIONS_SUCCESS',
  'BALANCE_FAILED',
];

const JUNK: readonly string[] = [
  'null',
  'true',
  '""',
  '0',
  '-0',
  '-1',
  '1e999999',
  '1E-999999',
  '9'.repeat(400),
  '0.1'.padEnd(300, '1'),
  '"NaN"',
  '[]',
  '{}',
  '[[[[[[]]]]]]',
  '{"__proto__":{"_id":"x"}}',
  '{"_id":{"_id":{"_id":1}}}',
  '{"constructor":{"prototype":{"id":1}}}',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\ufffd\ufeff"',
  '"\\u202e"',
  '"0000-00-00T00:00:00Z"',
  '"0000-01-01"',
  '"9999-12-31T23:59:59-12:00"',
  '"+275760-09-13T00:00:00Z"',
  '"2026-02-30T25:61:61Z"',
  '"2026-11-23T10:00:00.000Z"',
  `"${'x'.repeat(10_000)}"`,
  `"${'é'.repeat(64)}"`,
  `"'; drop table accounts; --"`,
  '"../../etc/passwd"',
  '"%00"',
  '"{{7*7}}"',
  `[${'"a",'.repeat(2_000)}"a"]`,
];

/** Bodies that no bank would send, the same for the same random numbers. */
export function hostileBody(random: Random, ids: Readonly<Record<string, string>>): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const upTo = (most: number): number => Math.floor(random() * most);
  const mark = `"mark":"${MARK}${upTo(2 ** 32)}"`;

  /** An event with junk in some, or all, of its fields. */
  function event(): string {
    const share = pick([0.1, 0.3, 1]);
    const field = (good: string): string => (random() < share ? pick(JUNK) : good);
    const text = (name: string): string => field(JSON.stringify(ids[name] ?? 'f'.repeat(24)));
    const amounts = `{"_id":${text('other')},"accountId":${text('account')},"account":${text('account')},"available_balance":${field('12.5')},"ledger_balance":${field('13')},"currency":${field('"NGN"')}}`;
    const parts = [
      `"callback_code":${random() < 0.9 ? JSON.stringify(pick(CODES)) : pick(JUNK)}`,
      `"code":${field('"X"')}`,
      `"method":${field('"BALANCE"')}`,
      `"status":${field('"is_success"')}`,
      `"customerId":${text('customer')}`,
      `"bankId":${text('bank')}`,
      `"record":${text('record')}`,
      `"recordId":${text('record')}`,
      `"started_at":${field('"2026-01-01T00:00:00Z"')}`,
      `"ended_at":${field('"2026-01-01T00:00:01Z"')}`,
      `"balance":${field(amounts)}`,
      `"account":${field(amounts)}`,
      `"auth":${field('{"reauth":true}')}`,
      `"removed_transactions":${field('["a","b"]')}`,
      `"new_transactions":${field('3')}`,
      mark,
    ];
    if (random() < 0.2) parts.push(...parts.map((part) => part.replace(/:.*/s, `:${pick(JUNK)}`)));
    if (random() < 0.1) parts.push('"__proto__":{"callback_code":"AUTH_REVOKED"}');
    return `{${parts.join(',')}}`;
  }

  function bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => upTo(256)));
  }

  function broken(body: Buffer): Buffer {
    const copy = Buffer.from(body);
    for (let n = 0; n <= upTo(8); n += 1) copy[upTo(copy.length)] = upTo(256);
    return random() < 0.5 ? copy : copy.subarray(0, upTo(copy.length));
  }

  function nested(): string {
    const depth = pick([199, 200, 201, 1_000, 20_000, 100_000]);
    const [open, close] = pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"balance":', '}]'],
    ] as const);
    return `{${mark},"account":${open.repeat(depth)}1${close.repeat(random() < 0.8 ? depth : depth - 1)}}`;
  }

  const kinds: readonly (() => Buffer | string)[] = [
    event,
    event,
    event,
    event,
    () => broken(Buffer.from(event())),
    () => broken(Buffer.from(event())),
    () => bytes(upTo(2_000)),
    nested,
    () => `{${mark},"n":${'9'.repeat(upTo(100_000))}.${'1'.repeat(upTo(1_000))}e${upTo(1e9)}}`,
    () => `{${mark},"s":"${'\\'.repeat(upTo(5_000))}"}`,
    () => `{${mark},${Array.from({ length: upTo(5_000) }, () => '"callback_code":1').join(',')}}`,
    () => `\ufeff${event()}`,
    () => Buffer.from(event(), 'utf16le'),
    () => pick(JUNK),
    () => '',
    () => ' '.repeat(upTo(10_000)),
    () => `{${mark},"pad":"${'x'.repeat(pick([16, 64, 500, 1_000]) * 1_024 + upTo(3))}"}`,
  ];
  const body = pick(kinds)();
  return typeof body === 'string' ? Buffer.from(body) : body;
}
