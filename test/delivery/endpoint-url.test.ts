import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEndpointRules, STRICT_ENDPOINT_RULES } from '../../config/endpoint-rules.ts';
import { parseIpAddress } from '../../config/ip-address.ts';
import { parsePortRanges } from '../../config/port-ranges.ts';
import { VERSION } from '../../config/version.ts';
import { refuseUrl } from '../../events/endpoint-url.ts';
import { lenientRules } from './rules.ts';

const ALLOW_HTTP = 'FRESHET_ENDPOINT_ALLOW_HTTP';
const PORTS = 'FRESHET_ENDPOINT_PORTS';
const RANGES = 'FRESHET_ENDPOINT_ALLOWED_RANGES';

describe('the rules', () => {
  it('are strict where nothing is set', () => {
    for (const rules of [STRICT_ENDPOINT_RULES, readEndpointRules({ [PORTS]: '', [RANGES]: '' })]) {
      expect(rules.allowHttp).toBe(false);
      expect(rules.ports.text).toBe('80,443,8443');
      expect(rules.allowedRanges).toBeUndefined();
    }
  });

  it('are what is set', () => {
    const rules = readEndpointRules({
      [ALLOW_HTTP]: 'true',
      [PORTS]: '443, 8000-8999',
      [RANGES]: '10.1.0.0/16, fd00:1::/32',
    });
    expect(rules.allowHttp).toBe(true);
    for (const port of [443, 8000, 8500, 8999]) expect(rules.ports.includes(port)).toBe(true);
    for (const port of [80, 442, 7999, 9000]) expect(rules.ports.includes(port)).toBe(false);
    const allows = (text: string): boolean | undefined => {
      const address = parseIpAddress(text);
      return address ? rules.allowedRanges?.includes(address) : undefined;
    };
    expect(
      ['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::7', '10.2.0.1', 'fd00:2::7'].map(allows),
    ).toEqual([true, true, true, false, false]);
  });

  it.each([
    [ALLOW_HTTP, 'yes', 'must be true or false'],
    [ALLOW_HTTP, 'TRUE', 'must be true or false'],
    [PORTS, '0', 'must be ports from 1 to 65535 and ranges, such as 443,8000-8999'],
    [RANGES, '10.0.0.0/33', 'must be IP addresses and CIDR ranges, such as 10.1.2.3,fd00:1::/32'],
    [RANGES, 'receiver', 'must be IP addresses and CIDR ranges, such as 10.1.2.3,fd00:1::/32'],
  ])('refuse %s=%s', (name, value, message) => {
    expect(() => readEndpointRules({ [name]: value })).toThrow(`${name} ${message}`);
  });

  it.each(['', '65536', '443,', '9-8', '1-2-3', '-5', '4 43', 'https', '0x1bb', '0-10', '1e3'])(
    'know no ports %j',
    (text) => {
      expect(parsePortRanges(text)).toBeNull();
    },
  );
});

it('has the version of the package', () => {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toMatchObject({ version: VERSION });
});

describe('a URL', () => {
  it.each([
    'https://receiver.example',
    'https://receiver.example/hooks?tenant=1',
    'https://receiver.example:8443/hooks',
    'https://receiver.example:80/hooks',
    'HTTPS://RECEIVER.EXAMPLE/hooks',
    'https://receiver.example./hooks',
    'https://empfänger.example/hooks',
    'https://1.1.1.1/hooks',
    'https://[2606:4700:4700::1111]/hooks',
    'https://localhost.example/hooks',
    'https://internal.example/hooks',
    `https://receiver.example/${'a'.repeat(2_023)}`,
  ])('%s is taken', (url) => {
    expect(refuseUrl(url, STRICT_ENDPOINT_RULES)).toBeNull();
  });

  it.each([
    ['', 'must be an https:// URL'],
    ['receiver.example/hooks', 'must be an https:// URL'],
    ['/hooks', 'must be an https:// URL'],
    ['https:receiver.example', 'must be an https:// URL'],
    ['https:\\\\receiver.example', 'must be an https:// URL'],
    [' https://receiver.example', 'must be an https:// URL'],
    ['https://receiver.exa\nmple', 'must be an https:// URL'],
    ['https://receiver.example/\0', 'must be an https:// URL'],
    ['https://', 'must be an https:// URL'],
    ['https://receiver.example:99999', 'must be an https:// URL'],
    ['https://256.256.256.256', 'must be an https:// URL'],
    ['https://[fe80::1%25eth0]', 'must be an https:// URL'],
    ['http://receiver.example', 'must be an https:// URL'],
    ['ftp://receiver.example', 'must be an https:// URL'],
    ['file:///etc/passwd', 'must be an https:// URL'],
    ['data:text/plain,hello', 'must be an https:// URL'],
    ['https://user:hunter2@receiver.example', 'must have no user name or password in it'],
    ['https://user@receiver.example', 'must have no user name or password in it'],
    ['https://:hunter2@receiver.example', 'must have no user name or password in it'],
    ['https://receiver.example/#hunter2', 'must have no fragment'],
    ['https://receiver.example/#', 'must have no fragment'],
    ['https://receiver.example:22', 'must have one of the ports 80,443,8443'],
    ['https://receiver.example:0', 'must have one of the ports 80,443,8443'],
    [`https://receiver.example/${'a'.repeat(2_024)}`, 'must have at most 2048 characters'],
    ['https://localhost', 'must have a public host name'],
    ['https://LOCALHOST.', 'must have a public host name'],
    ['https://a.localhost', 'must have a public host name'],
    ['https://receiver', 'must have a public host name'],
    ['https://receiver.', 'must have a public host name'],
    ['https://printer.local', 'must have a public host name'],
    ['https://metadata.google.internal', 'must have a public host name'],
    ['https://nas.home.arpa', 'must have a public host name'],
    ['https://127.0.0.1', 'must be at a public address'],
    ['https://2130706433', 'must be at a public address'],
    ['https://0x7f.1', 'must be at a public address'],
    ['https://[::1]', 'must be at a public address'],
  ])('%j is refused', (url, reason) => {
    const refused = refuseUrl(url, STRICT_ENDPOINT_RULES);
    expect(refused).toBe(reason);
    expect(refused).not.toContain('hunter2');
  });

  it('may be http where that is allowed', () => {
    expect(refuseUrl('http://receiver.example:3000', lenientRules())).toBeNull();
    expect(refuseUrl('ftp://receiver.example', lenientRules())).toBe(
      'must be an https:// or http:// URL',
    );
  });

  it('may have a private address where its range is allowed, and then any name', () => {
    const rules = lenientRules('10.0.0.0/8');
    for (const host of ['10.1.2.3', 'receiver', 'receiver.local', 'receiver.internal']) {
      expect(refuseUrl(`http://${host}:3000`, rules)).toBeNull();
    }
    expect(refuseUrl('http://127.0.0.1:3000', rules)).toBe('must be at a public address');
    expect(refuseUrl('http://[::ffff:10.1.2.3]:3000', rules)).toBeNull();
  });
});
