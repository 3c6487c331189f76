import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { resolveByTheMachine } from '../../events/resolve-name.ts';

const own = hostname();

/** Those that the machine's hosts file has for its own name, which no name server needs to know. */
const addresses = readFileSync('/etc/hosts', 'utf8')
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
  .filter(([, ...names]) => names.includes(own))
  .flatMap(([address]) => address ?? []);

describe('names as the machine resolves them', () => {
  it('finds this machine', async () => {
    const found = await resolveByTheMachine('localhost');
    expect(found.length).toBeGreaterThan(0);
    for (const address of found) expect(['127.0.0.1', '::1']).toContain(address);
  });

  const why = addresses.length > 0 ? '' : ' (left out: the hosts file does not have its name)';
  it.skipIf(addresses.length === 0)(`finds what only the hosts file has${why}`, async () => {
    const found = await resolveByTheMachine(own);
    expect(found).toEqual(expect.arrayContaining(addresses));
  });

  it('rejects what is nowhere', async () => {
    await expect(resolveByTheMachine('no-such-name.invalid')).rejects.toMatchObject({
      code: expect.stringMatching(/^E/),
    });
  });
});
