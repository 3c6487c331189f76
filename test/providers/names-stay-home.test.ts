import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { KNOWN_PROVIDERS } from '../../providers/known-providers.ts';

const FOLDERS =
  '{activities,api,config,credentials,db,events,resources,temporal,worker,workflows}/**/*.ts';
const PROVIDERS_OWN = 'providers/*.ts';
const LIST = 'providers/known-providers.ts';

const COMMENT = /\/\*[^]*?\*\/|\/\/[^\n]*/g;

it('no provider is named outside of its folder: the rest asks for capabilities', async () => {
  const names = new RegExp(`\\b(${KNOWN_PROVIDERS.join('|')})\\b`, 'i');
  const naming: string[] = [];
  for (const pattern of [FOLDERS, PROVIDERS_OWN]) {
    for await (const file of glob(pattern)) {
      if (file === LIST) continue;
      if (names.test(readFileSync(file, 'utf8').replaceAll(COMMENT, ''))) naming.push(file);
    }
  }
  expect(naming).toEqual([]);
});
