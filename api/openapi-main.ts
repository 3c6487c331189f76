import { writeFile } from 'node:fs/promises';
import { runMain } from '../config/run-main.ts';
import { openApiDocument } from './openapi.ts';

/** Writes docs/openapi.json, which a test holds against the routes. */
await runMain(async () => {
  const path = new URL('../docs/openapi.json', import.meta.url);
  await writeFile(path, await openApiDocument());
});
