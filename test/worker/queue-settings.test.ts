import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../config/secrets.ts';
import { readQueueSettings } from '../../config/queue-settings.ts';
import { configuredProviders } from '../../providers/configured.ts';
import { KNOWN_PROVIDERS } from '../../providers/known-providers.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import { databaseConnections } from '../../worker/database-connections.ts';
import { providerQueues } from '../../worker/provider-queues.ts';

const okra = configuredProviders({
  FRESHET_OKRA_BASE_URL: 'http://127.0.0.1:1/v2',
  FRESHET_OKRA_SECRET_KEY: 'a-secret-key',
  FRESHET_OKRA_WEBHOOK_TOKEN: 'a-webhook-token-of-16',
});
const provider = okra.get('okra');
if (!provider) throw new Error('okra is configured');

describe('readQueueSettings', () => {
  it('reads two variables of each provider, whatever its name', () => {
    const read = readQueueSettings(
      { FRESHET_OKRA_CONCURRENCY: '', FRESHET_NEW_BANK_SYNCS_PER_SECOND: '0.5' },
      ['okra', 'new-bank'],
    );
    expect(Object.fromEntries(read)).toEqual({
      okra: { concurrency: undefined, syncsPerSecond: undefined },
      'new-bank': { concurrency: undefined, syncsPerSecond: 0.5 },
    });
  });

  it.each([
    ['FRESHET_OKRA_CONCURRENCY', '0'],
    ['FRESHET_OKRA_CONCURRENCY', '1.5'],
    ['FRESHET_OKRA_CONCURRENCY', 'many'],
    ['FRESHET_OKRA_SYNCS_PER_SECOND', '0'],
    ['FRESHET_OKRA_SYNCS_PER_SECOND', '-1'],
  ])('refuses %s=%s', (name, value) => {
    const read = () => readQueueSettings({ [name]: value }, ['okra']);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });
});

const queuesOf = (env: Record<string, string>, providers = okra) =>
  providerQueues({
    taskQueue: 'freshet',
    providers,
    known: KNOWN_PROVIDERS,
    settings: readQueueSettings(env, [...KNOWN_PROVIDERS, ...providers.names]),
  });

describe('providerQueues', () => {
  it('serves providers that are known, configured or not, and those that are registered', () => {
    const other = createProviderRegistry([{ ...provider, name: 'other' }]);
    const names = [...KNOWN_PROVIDERS, 'other'];
    expect(queuesOf({}, other).map(({ taskQueue }) => taskQueue)).toEqual(
      names.map((name) => `freshet-${name}`),
    );
  });

  it('goes by the operator, then by the provider, then by a default', () => {
    const limits = { syncsAtOnce: 5, syncsPerSecond: 2 };
    const limited = createProviderRegistry([
      { ...provider, capabilities: { ...provider.capabilities, ...limits } },
    ]);
    const one = (env: Record<string, string>, providers = limited) => {
      const [queue] = queuesOf(env, providers);
      return [queue?.concurrency, queue?.perSecond];
    };
    expect(one({}, okra)).toEqual([24, undefined]);
    expect(one({})).toEqual([5, 2]);
    expect(one({ FRESHET_OKRA_CONCURRENCY: '7' })).toEqual([7, 2]);
    expect(one({ FRESHET_OKRA_SYNCS_PER_SECOND: '0.5' })).toEqual([5, 0.5]);
  });
});

it('a worker opens a connection to Postgres for every two activities, and eight for deliveries', () => {
  expect(databaseConnections([{ concurrency: 24 }])).toBe(32);
  expect(databaseConnections([{ concurrency: 1 }, { concurrency: 40 }])).toBe(41);
});
