import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openApiDocument } from '../../api/openapi.ts';

it('docs/openapi.json is what the routes say (npm run openapi)', async () => {
  const path = new URL('../../docs/openapi.json', import.meta.url);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(JSON.parse(await openApiDocument()));
});
