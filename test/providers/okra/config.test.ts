import { describe, expect, it } from 'vitest';
import { readOkraConfig, type OkraConfig } from '../../../providers/okra/config.ts';

const config: OkraConfig = {
  baseUrl: 'http://127.0.0.1:4410/v2',
  secretKey: 'a-secret-key',
  webhookToken: 'a-webhook-token',
};

describe('readOkraConfig', () => {
  it('has defaults for all but where and who', () => {
    const { baseUrl, ...rest } = readOkraConfig(config);
    expect(baseUrl.href).toBe('http://127.0.0.1:4410/v2/');
    expect(rest).toEqual({
      secretKey: 'a-secret-key',
      webhookToken: 'a-webhook-token',
      requestTimeoutMs: 30_000,
      callbackPollMs: 1_000,
      callbackTimeoutMs: 60_000,
      pageSize: 200,
    });
  });

  it.each([
    '',
    'bank.example/v2',
    'ftp://bank.example',
    '/v2',
    'https://user@bank.example',
    'https://bank.example/v2?key=1',
    'https://bank.example/v2#part',
  ])('refuses the base URL %j', (baseUrl) => {
    expect(() => readOkraConfig({ ...config, baseUrl })).toThrow(/^okra: baseUrl must be/);
  });

  it.each([
    ['secretKey', ''],
    ['secretKey', 'two words'],
    ['secretKey', 'line\nbreak'],
    ['webhookToken', ''],
    ['webhookToken', undefined],
    ['requestTimeoutMs', 0],
    ['callbackPollMs', -1],
    ['callbackTimeoutMs', Number.NaN],
    ['pageSize', 1.5],
  ])('refuses %s %j without repeating it', (option, value) => {
    const wrong = { ...config, [option]: value } as OkraConfig;
    expect(() => readOkraConfig(wrong)).toThrow(new RegExp(`^okra: ${option} must be [^:]+$`));
    expect(() => readOkraConfig(wrong)).not.toThrow(/line|two words|1\.5/);
  });
});
