import { readEnvironment } from '../config/environment.ts';
import { runMain } from '../config/run-main.ts';
import { ConfigError } from '../config/secrets.ts';
import { checkWebhookUrl } from './check/webhook-url.ts';
import { checkCredentials } from './check/credentials.ts';
import { configuredProviders } from './configured.ts';
import { DEFINITIONS, KNOWN_PROVIDERS } from './known-providers.ts';

const USAGE = `usage: npm run provider:check ${KNOWN_PROVIDERS.join(' | ')}`;

await runMain(async () => {
  const [name, ...rest] = process.argv.slice(2);
  const definition = DEFINITIONS.find((one) => one.name === name);
  if (!definition || rest.length > 0) throw new ConfigError(USAGE);
  const { FRESHET_PUBLIC_URL: publicUrl } = readEnvironment(process.env, ['FRESHET_PUBLIC_URL']);
  const provider = configuredProviders(process.env, [definition]).get(definition.name);
  const found = [
    ...(await checkCredentials(definition, provider)),
    ...(await checkWebhookUrl(definition.name, publicUrl)),
  ];
  for (const { ok, text } of found) process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${text}\n`);
  if (found.some(({ ok }) => !ok)) process.exitCode = 1;
});
