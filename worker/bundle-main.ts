import { writeFile } from 'node:fs/promises';
import { ConfigError } from '../config/secrets.ts';
import { runMain } from '../config/run-main.ts';
import { bundleWorkflows } from './workflow-source.ts';

await runMain(async () => {
  const [path] = process.argv.slice(2);
  if (!path) throw new ConfigError('usage: node worker/bundle-main.ts <file to write>');
  const { code } = await bundleWorkflows();
  await writeFile(path, code);
});
