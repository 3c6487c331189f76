import { expect, it } from 'vitest';
import { furthest, howItStands, type LinkOutcome } from '../../db/link-sessions/how-it-stands.ts';

const exchanged: LinkOutcome = { status: 'exchanged', code: null, connectionId: 'c' };
const failed: LinkOutcome = { status: 'failed', code: 'invalid_link', connectionId: null };

const standing = (known: Partial<Parameters<typeof howItStands>[0]>) => {
  const usual = {
    told: 'open',
    links: [],
    isLogin: false,
    isRestored: false,
    isComplete: false,
    isLast: false,
  } as const;
  const { status, code } = howItStands({ ...usual, code: null, ...known });
  return [status, code];
};

it.each([
  [{}, ['open', null]],
  [{ code: 'http_500' }, ['open', 'http_500']],
  [{ links: [exchanged] }, ['open', null]],
  [{ links: [failed] }, ['open', 'invalid_link']],
  [{ told: 'finished' }, ['open', null]],
  [{ told: 'finished', code: 'http_500' }, ['open', 'http_500']],
  [{ told: 'finished', isComplete: true }, ['failed', 'no_link']],
  [{ told: 'finished', isLast: true }, ['failed', 'no_link']],
  [{ told: 'finished', links: [failed] }, ['failed', 'invalid_link']],
  [{ told: 'finished', links: [failed, exchanged] }, ['finished', null]],
  [{ told: 'finished', isLogin: true }, ['finished', null]],
  [{ told: 'exited', isLogin: true }, ['exited', null]],
  [{ told: 'exited' }, ['exited', null]],
  [{ told: 'exited', links: [exchanged] }, ['finished', null]],
  [{ isLast: true }, ['expired', null]],
  [{ isLast: true, code: 'invalid_api_keys' }, ['expired', 'invalid_api_keys']],
  [{ isLast: true, links: [failed] }, ['failed', 'invalid_link']],
  [{ isLast: true, links: [exchanged] }, ['finished', null]],
  [{ isLast: true, isLogin: true }, ['expired', null]],
  [{ isLast: true, isLogin: true, isRestored: true }, ['finished', null]],
  [{ isLogin: true, isRestored: true }, ['open', null]],
] as const)('%j is %j', (known, is) => {
  expect(standing(known)).toEqual(is);
});

it('goes by what tells the most, in whatever order it came', () => {
  expect(furthest([])).toBe('open');
  expect(furthest(['exited', 'open'])).toBe('exited');
  expect(furthest(['finished', 'exited', 'open'])).toBe('finished');
});
