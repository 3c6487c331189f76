import { expect, it } from 'vitest';
import { partEnvironments } from '../../dev/part-environments.ts';
import type { StateDir } from '../../dev/state-dir.ts';

it('hands a real provider’s variables on, and decides itself where the sandbox bank is', () => {
  const settings = {
    apiHost: '127.0.0.1',
    apiPort: 1,
    postgresPort: 2,
    temporalPort: 3,
    temporalUiPort: 4,
    sandboxPort: 5,
    stateDir: '/tmp/state',
  };
  const secrets = {
    postgresPassword: 'p',
    credentialsKeys: 'k',
    apiKey: 'a',
    okraSecretKey: 's',
    webhookToken: 't',
  };
  const parts = partEnvironments(
    {
      FRESHET_PLAID_CLIENT_ID: 'client',
      FRESHET_MONO_SECRET_KEY: 'mono',
      FRESHET_OKRA_BASE_URL: 'https://elsewhere.example',
      FRESHET_OKRA_CONCURRENCY: '3',
      FRESHET_PUBLIC_URL: 'https://freshet.example',
      FRESHET_DATABASE_URL: 'postgres://elsewhere',
    },
    settings,
    {} as StateDir,
    secrets,
    { database: 'postgres://here', temporal: '127.0.0.1:3' },
  );
  for (const part of [parts.api, parts.worker]) {
    expect(part).toMatchObject({
      FRESHET_PLAID_CLIENT_ID: 'client',
      FRESHET_MONO_SECRET_KEY: 'mono',
      FRESHET_OKRA_BASE_URL: 'http://127.0.0.1:5/v2',
      FRESHET_OKRA_CONCURRENCY: '3',
      FRESHET_PUBLIC_URL: 'https://freshet.example',
      FRESHET_DATABASE_URL: 'postgres://here',
    });
  }
});
