import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createGroupCommit, type GroupCommitOptions } from '../../api/webhooks/group-commit.ts';
import { Overloaded } from '../../api/webhooks/overloaded.ts';

interface Round {
  readonly items: readonly string[];
  readonly done: PromiseWithResolvers<readonly string[]>;
}

/** A group commit whose commits end when the test says so. */
function gated(options: Partial<GroupCommitOptions<string, string>> = {}) {
  const rounds: Round[] = [];
  const group = createGroupCommit<string, string>({
    commit(items) {
      const done = Promise.withResolvers<readonly string[]>();
      rounds.push({ items, done });
      return done.promise;
    },
    isOfItem: (error) => error instanceof RangeError,
    bytesOf: (item) => item.length,
    commitsAtOnce: 1,
    mostInCommit: 3,
    mostBytesInCommit: 100,
    mostBytes: 200,
    patienceMs: 10_000,
    mostPatienceMs: 10_000,
    ...options,
  });
  async function finish(at: number): Promise<void> {
    const round = rounds[at];
    round?.done.resolve(round.items.map((item) => `stored ${item}`));
    await turn();
  }
  return { group, rounds, finish, items: () => rounds.map((round) => round.items) };
}

describe('items that arrive', () => {
  it('alone are committed at once, and together with others while a commit runs', async () => {
    const { group, finish, items } = gated();
    const answers = ['a', 'b', 'c', 'd', 'e'].map((item) => group.add(item));
    expect(items()).toEqual([['a']]);
    await finish(0);
    expect(items()).toEqual([['a'], ['b', 'c', 'd']]);
    await finish(1);
    await finish(2);
    expect(await Promise.all(answers)).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((item) => `stored ${item}`),
    );
    expect(group.size()).toBe(0);
  });

  it('are not more in a commit than its bytes, but for one that is larger by itself', async () => {
    const { group, finish, items } = gated({ mostBytesInCommit: 4 });
    void Promise.all(['a', 'bb', 'cc', 'dddddd', 'e'].map((item) => group.add(item)));
    for (let round = 0; round < 4; round++) await finish(round);
    expect(items()).toEqual([['a'], ['bb', 'cc'], ['dddddd'], ['e']]);
  });

  it('are refused where there is no room, and taken again when there is', async () => {
    const { group, finish } = gated({ mostBytes: 3 });
    const first = group.add('aaa');
    await expect(group.add('b')).rejects.toBeInstanceOf(Overloaded);
    await finish(0);
    expect(await first).toBe('stored aaa');
    const second = group.add('b');
    await finish(1);
    expect(await second).toBe('stored b');
  });

  it('wait no longer than the patience, and are committed all the same', async () => {
    const { group, finish, items } = gated({ patienceMs: 20 });
    const first = group.add('a');
    const second = group.add('b');
    await expect(first).rejects.toBeInstanceOf(Overloaded);
    await expect(second).rejects.toBeInstanceOf(Overloaded);
    await finish(0);
    await finish(1);
    expect(items()).toEqual([['a'], ['b']]);
    expect(group.size()).toBe(0);
  });
});

describe('a commit that fails', () => {
  it('for one of its items is repeated for each alone', async () => {
    const { group, rounds, finish, items } = gated();
    const [first, ...others] = ['a', 'b', 'c'].map((item) => group.add(item));
    await finish(0);
    expect(await first).toBe('stored a');
    rounds[1]?.done.reject(new RangeError('b is wrong'));
    await turn();
    const settled = Promise.allSettled(others);
    rounds[2]?.done.reject(new RangeError('b is wrong'));
    await turn();
    await finish(3);
    expect(items()).toEqual([['a'], ['b', 'c'], ['b'], ['c']]);
    expect(await settled).toMatchObject([{ status: 'rejected' }, { value: 'stored c' }]);
  });

  it('because the database is away fails for all at once, and the next is tried', async () => {
    const { group, rounds, finish } = gated();
    const all = Promise.allSettled(['a', 'b', 'c'].map((item) => group.add(item)));
    await finish(0);
    rounds[1]?.done.reject(new Error('away'));
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    const next = group.add('d');
    await turn();
    await finish(2);
    expect(await next).toBe('stored d');
  });
});
