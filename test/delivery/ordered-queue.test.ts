import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOrderedQueue, type OrderedItem } from '../../activities/deliveries/ordered-queue.ts';

const HOLD_MS = 1_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Item extends OrderedItem {
  readonly place: number;
}

const items = fc
  .array(
    fc.record({
      account_id: fc.constantFrom('a', 'b', 'c', null),
      sync_run_id: fc.constantFrom('s', 't', null),
    }),
    { maxLength: 40 },
  )
  .map((list) => list.map((one, place): Item => ({ ...one, id: String(place), place })));

/** What the worker does: add some, take one, end one that is under way. */
const steps = fc.array(
  fc.record({ kind: fc.constantFrom('add', 'take', 'end'), at: fc.nat({ max: 99 }) }),
  { maxLength: 120 },
);

const isHeldUpBy = (later: Item, earlier: Item): boolean =>
  later.account_id !== null &&
  later.account_id === earlier.account_id &&
  (later.sync_run_id === null || later.sync_run_id !== earlier.sync_run_id);

const part = (place: number): Item => ({
  id: String(place),
  place,
  account_id: 'a',
  sync_run_id: 's',
});

/** Whatever is left, is taken and ended. */
function drain(queue: ReturnType<typeof createOrderedQueue<Item>>, underWay: Item[]): Item[] {
  const taken: Item[] = [];
  for (;;) {
    const item = queue.take();
    if (item) {
      taken.push(item);
      underWay.push(item);
      continue;
    }
    const first = underWay.shift();
    if (!first) return taken;
    queue.ended(first);
  }
}

describe('the queue of an endpoint', () => {
  it('gives each event once, and none before an earlier one of its account has ended', () => {
    fc.assert(
      fc.property(items, steps, (all, play) => {
        const queue = createOrderedQueue<Item>(HOLD_MS);
        const toAdd = [...all];
        const underWay: Item[] = [];
        const taken: Item[] = [];
        const ended = new Set<Item>();
        for (const { kind, at } of play) {
          if (kind === 'add') queue.add(toAdd.splice(0, at % 7));
          const item = kind === 'take' ? queue.take() : undefined;
          const earlier = item ? all.slice(0, item.place) : [];
          const passed = earlier.filter((one) => item && isHeldUpBy(item, one) && !ended.has(one));
          expect(passed).toEqual([]);
          if (item) {
            taken.push(item);
            underWay.push(item);
          }
          const [over] = kind === 'end' ? underWay.splice(at % (underWay.length || 1), 1) : [];
          if (over) {
            queue.ended(over);
            ended.add(over);
          }
          expect(queue.underWay).toBe(underWay.length);
          expect(queue.waiting).toBe(all.length - toAdd.length - taken.length);
          expect(queue.ids().toSorted()).toEqual(
            all
              .filter((one) => !toAdd.includes(one) && !ended.has(one))
              .map(({ id }) => id)
              .toSorted(),
          );
        }
        queue.add(toAdd);
        taken.push(...drain(queue, underWay));
        expect(taken.map(({ place }) => place).toSorted((a, b) => a - b)).toEqual(
          all.map(({ place }) => place),
        );
        expect([queue.waiting, queue.underWay, queue.ids()]).toEqual([0, 0, []]);
      }),
    );
  });

  it('lets the parts of a sync go side by side, and what is of no account', () => {
    const queue = createOrderedQueue<Item>(HOLD_MS);
    const ofNone = { id: '3', place: 3, account_id: null, sync_run_id: null };
    const next: Item = { id: '2', place: 2, account_id: 'a', sync_run_id: 't' };
    queue.add([part(0), part(1), next, ofNone]);
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
      part(0),
      part(1),
      ofNone,
      undefined,
    ]);
  });

  it('holds up an account for a while only', () => {
    const queue = createOrderedQueue<Item>(HOLD_MS);
    const [first, second] = [0, 1].map((place): Item => ({
      id: String(place),
      place,
      account_id: 'a',
      sync_run_id: null,
    }));
    if (!first || !second) throw new Error('there are two');
    queue.add([first, second]);
    expect(queue.take()).toBe(first);
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect(queue.take()).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(queue.take()).toBe(second);
    expect(queue.underWay).toBe(2);
  });
});
