/** What waits for its attempt, and what is under way. Events of one account keep their order. */
export interface OrderedQueue<Item extends OrderedItem> {
  add(items: readonly Item[]): void;
  /** The first that may be sent now, which then is under way. Undefined: none may. */
  take(): Item | undefined;
  /** It is under way no more. */
  ended(item: Item): void;
  readonly waiting: number;
  readonly underWay: number;
  /** When one that waits may be sent though nothing has ended, in milliseconds since the epoch; Infinity: never. */
  readonly freeAt: number;
  ids(): readonly string[];
}

export interface OrderedItem {
  readonly id: string;
  readonly account_id: string | null;
  /** The parts of what one sync tells have no order among them. */
  readonly sync_run_id: string | null;
}

/** @param holdMs how long one that is under way holds up others of its account. */
export function createOrderedQueue<Item extends OrderedItem>(holdMs: number): OrderedQueue<Item> {
  const waiting: Item[] = [];
  /** Until when each holds up others, in milliseconds since the epoch. */
  const underWay = new Map<Item, number>();

  function mayPass(item: Item, now: number): boolean {
    for (const [other, until] of underWay) {
      if (other.account_id !== item.account_id || until <= now) continue;
      if (item.sync_run_id === null || other.sync_run_id !== item.sync_run_id) return false;
    }
    return true;
  }

  /** Not one whose account has an earlier one that waits, too. */
  function firstFree(now: number): number {
    let heldUp: Set<string> | undefined;
    for (const [index, item] of waiting.entries()) {
      const { account_id: account } = item;
      if (account === null) return index;
      if (heldUp?.has(account)) continue;
      if (mayPass(item, now)) return index;
      (heldUp ??= new Set()).add(account);
    }
    return -1;
  }

  return {
    add(items) {
      waiting.push(...items);
    },
    take() {
      const now = Date.now();
      const index = firstFree(now);
      const [item] = index === -1 ? [] : waiting.splice(index, 1);
      if (item) underWay.set(item, now + holdMs);
      return item;
    },
    ended(item) {
      underWay.delete(item);
    },
    get waiting() {
      return waiting.length;
    },
    get underWay() {
      return underWay.size;
    },
    get freeAt() {
      if (waiting.length === 0) return Infinity;
      const now = Date.now();
      return Math.min(...[...underWay.values()].filter((until) => until > now));
    },
    ids: () => [...waiting, ...underWay.keys()].map(({ id }) => id),
  };
}
