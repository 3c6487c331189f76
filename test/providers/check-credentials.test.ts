import { expect, it } from 'vitest';
import { checkCredentials } from '../../providers/check/credentials.ts';
import { okra } from '../../providers/okra/definition.ts';
import { createPageProvider } from '../support/page-provider.ts';

it.each([
  [new DOMException('timed out', 'TimeoutError'), /did not answer within 30 seconds/],
  [new TypeError('secret is not a function'), /something is wrong in Freshet/],
])('a check that ends with %s says no more than is known', async (thrown, text) => {
  const provider = { ...createPageProvider(''), check: () => Promise.reject(thrown) };
  const [said, ...others] = await checkCredentials(okra, provider);
  expect(said).toEqual({ ok: false, text: expect.stringMatching(text) });
  expect(said?.text).not.toContain('secret');
  expect(others).toEqual([]);
});
