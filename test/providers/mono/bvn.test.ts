import { expect, it } from 'vitest';
import { withoutBvn } from '../../../providers/mono/transform/without-bvn.ts';

it.each([
  ['{"bvn":"22212345678","balance":100}', '{"bvn":null,"balance":100}'],
  ['{"balance":100, "BVN" : 22212345678}', '{"balance":100, "BVN" : null}'],
  ['{"bvn":null}', '{"bvn":null}'],
  [String.raw`{"bvn":"2\"2","a":[{"bvn":"1"}]}`, '{"bvn":null,"a":[{"bvn":null}]}'],
  [String.raw`{"name":"\"bvn\":\"5\""}`, String.raw`{"name":"\"bvn\":\"5\""}`],
  ['{"name":"bvn"}', '{"name":"bvn"}'],
])('%s keeps all but the bank verification number', (json, kept) => {
  expect(withoutBvn(json)).toBe(kept);
});
