import { readEnvironment } from '../config/environment.ts';
import { runMain } from '../config/run-main.ts';
import { ConfigError } from '../config/secrets.ts';
import { apiKeyPrefix, createApiKey, hashApiKey } from '../credentials/api-key.ts';
import { listApiKeys, revokeApiKey, storeApiKey } from '../db/api-keys.ts';
import { connectDatabase } from '../db/connect.ts';

const USAGE = `usage: npm run api-key -- create <name> | list | revoke <first 12 characters>`;

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

await runMain(async () => {
  const [verb, argument] = process.argv.slice(2);
  const settings = readEnvironment(process.env, ['FRESHET_DATABASE_URL']);
  const db = connectDatabase({ url: settings.FRESHET_DATABASE_URL, poolSize: 1 });
  try {
    if (verb === 'create' && argument) {
      const key = createApiKey();
      await storeApiKey(db, { name: argument, prefix: apiKeyPrefix(key), hash: hashApiKey(key) });
      say(key);
      process.stderr.write('Keep it now: only its hash is stored.\n');
    } else if (verb === 'list') {
      for (const key of await listApiKeys(db)) {
        const state = key.revoked_at ? `revoked ${key.revoked_at.toISOString()}` : 'active';
        say(`${key.prefix}…  ${key.name}  created ${key.created_at.toISOString()}  ${state}`);
      }
    } else if (verb === 'revoke' && argument) {
      if (!(await revokeApiKey(db, argument))) {
        throw new ConfigError(`There is no active key that begins with ${argument}`);
      }
      say('revoked');
    } else throw new ConfigError(USAGE);
  } finally {
    await db.destroy();
  }
});
