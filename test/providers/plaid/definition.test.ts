import { describe, expect, it } from 'vitest';
import { configuredProviders } from '../../../providers/configured.ts';
import { plaid } from '../../../providers/plaid/definition.ts';

const KEYS = { FRESHET_PLAID_CLIENT_ID: 'id-of-a-test', FRESHET_PLAID_SECRET: 'secret-of-a-test' };

const configured = (more: Record<string, string> = {}) =>
  configuredProviders({ ...KEYS, ...more }, [plaid]).get('plaid');

describe('the variables', () => {
  it('need no more than the keys, and then no call costs money by itself', () => {
    expect(configured()?.capabilities).toMatchObject({
      webhooks: { balance: 'ids', transaction: 'ids' },
      transactions: 'cursor',
      refreshOnDemand: { balance: 'never', transaction: 'never' },
      consentExpires: true,
      tellsConsent: true,
      hostedLink: true,
    });
  });

  it('opt in to what Plaid charges for', () => {
    const provider = configured({
      FRESHET_PLAID_REALTIME_BALANCE: 'asked',
      FRESHET_PLAID_TRANSACTIONS_REFRESH: 'always',
      FRESHET_PLAID_ENVIRONMENT: 'sandbox',
      FRESHET_PLAID_DAYS_REQUESTED: '90',
      FRESHET_PLAID_COUNTRY_CODES: 'US,CA',
    });
    expect(provider?.capabilities.refreshOnDemand).toEqual({
      balance: 'asked',
      transaction: 'always',
    });
  });

  it.each([
    ['ENVIRONMENT', 'development'],
    ['BASE_URL', 'ftp://plaid.example'],
    ['DAYS_REQUESTED', '731'],
    ['DAYS_REQUESTED', 'all'],
    ['REALTIME_BALANCE', 'yes'],
    ['CLIENT_NAME', 'x'.repeat(31)],
    ['LANGUAGE', 'English'],
    ['COUNTRY_CODES', 'us'],
    ['CLIENT_ID', 'with a space'],
  ])('%s cannot be %s', (name, value) => {
    const variable = `FRESHET_PLAID_${name}`;
    expect(() => configured({ [variable]: value })).toThrow(variable);
  });

  it('do not go by half', () => {
    expect(() => configuredProviders({ FRESHET_PLAID_CLIENT_ID: 'id' }, [plaid])).toThrow(
      'FRESHET_PLAID_SECRET',
    );
    expect(configuredProviders({}, [plaid]).names).toEqual([]);
  });
});
