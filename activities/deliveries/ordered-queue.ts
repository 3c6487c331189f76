/** What waits for its attempt, and what is under way. Events of one account keep their order. */
export interface OrderedQueue<Item extends OrderedItem> {
  add(items: readonly Item[]): void;
  /** The first that may be sent now, which then is under way. Undefined: none may. */
  take(): Item | undefined;
  /** Those behind it need not wait for it any longer. */
  letOthersPass(item: Item): void;
  /** It is under way no more. */
  ended(item: Item): void;
  readonly waiting: number;
  readonly underWay: number;
  ids(): readonly string[];
  /** Nothing more is to be taken. */
  clear(): void;
}

export interface OrderedItem {
  readonly id: string;
  readonly account_id: string | null;
  /** The parts of what one sync tells have no order among them. */
  readonly sync_run_id: string | null;
}

export function createOrderedQueue<Item extends OrderedItem>(): OrderedQueue<Item> {
  let waiting: Item[] = [];
  const underWay = new Set<Item>();
  /** Those under way that hold up others of their account. */
  const holding = new Set<Item>();

  function mayPass(item: Item): boolean {
    if (item.account_id === null) return true;
    for (const other of holding) {
      if (other.account_id !== item.account_id) continue;
      if (item.sync_run_id === null || other.sync_run_id !== item.sync_run_id) return false;
    }
    return true;
  }

  /** Not one whose account has an earlier one that waits, too. */
  function firstFree(): number {
    const heldUp = new Set<string>();
    for (const [index, item] of waiting.entries()) {
      if (item.account_id === null) return index;
      if (heldUp.has(item.account_id)) continue;
      if (mayPass(item)) return index;
      heldUp.add(item.account_id);
    }
    return -1;
  }

  return {
    add(items) {
      waiting.push(...items);
    },
    take() {
      const index = firstFree();
      const [item] = index === -1 ? [] : waiting.splice(index, 1);
      if (!item) return undefined;
      underWay.add(item);
      holding.add(item);
      return item;
    },
    letOthersPass(item) {
      holding.delete(item);
    },
    ended(item) {
      holding.delete(item);
      underWay.delete(item);
    },
    get waiting() {
      return waiting.length;
    },
    get underWay() {
      return underWay.size;
    },
    ids: () => [...waiting, ...underWay].map(({ id }) => id),
    clear() {
      waiting = [];
    },
  };
}
