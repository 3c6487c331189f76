import { noRoom, tooLate } from './overloaded.ts';

export interface GroupCommitOptions<T, R> {
  /** Makes all of them durable, and answers for each. */
  readonly commit: (items: readonly T[]) => Promise<readonly R[]>;
  /** Whether one by one some of them may go through: the error is that of an item, not an outage. */
  readonly isOfItem: (error: unknown) => boolean;
  /** How much an item is, in bytes or what else is to be bounded. */
  readonly bytesOf: (item: T) => number;
  readonly commitsAtOnce: number;
  readonly mostInCommit: number;
  readonly mostBytesInCommit: number;
  /** Of what waits or is under way; more is refused. */
  readonly mostBytes: number;
  /** An item is refused once no commit has gone through for so long. */
  readonly patienceMs: number;
  /** How long an item waits at the most, where commits go through and are slow. */
  readonly mostPatienceMs: number;
}

export interface GroupCommit<T, R> {
  /**
   * Resolves once the item is durable. Rejects with `Overloaded` at once where there is no room, or when it
   * takes too long, and may become durable all the same; else with what `commit` rejected with.
   */
  add(item: T): Promise<R>;
  /** How many items wait or are under way. */
  size(): number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly done: PromiseWithResolvers<R>;
  /** When the commit of it began. */
  begunAt: number | null;
}

/**
 * Has items that arrive at the same time share a commit. Nobody waits for a timer: an item that comes while no
 * commit runs is committed at once and alone, and those that come meanwhile go together in the next.
 *
 * The patience grows with how long the last commit has taken, so that a database which is slow, and not
 * away, is not refused for ever.
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  const { commit, isOfItem, bytesOf, commitsAtOnce, mostInCommit } = options;
  const { patienceMs, mostPatienceMs } = options;
  let waiting: Waiting<T, R>[] = [];
  let running = 0;
  let size = 0;
  let bytes = 0;
  let lastMs = 0;
  let lastAt = 0;

  function take(): Waiting<T, R>[] {
    let total = 0;
    const end = waiting.findIndex(({ item }, index) => {
      total += bytesOf(item);
      return index > 0 && (index >= mostInCommit || total > options.mostBytesInCommit);
    });
    return end === -1 ? waiting.splice(0) : waiting.splice(0, end);
  }

  function pump(): void {
    while (running < commitsAtOnce && waiting.length > 0) {
      const group = take();
      running += 1;
      void run(group).finally(() => {
        running -= 1;
        pump();
      });
    }
  }

  async function run(group: readonly Waiting<T, R>[]): Promise<void> {
    const started = performance.now();
    for (const one of group) one.begunAt = started;
    try {
      const answers = await commit(group.map(({ item }) => item));
      group.forEach(({ done }, index) => done.resolve(answers[index] as R));
      lastAt = performance.now();
      lastMs = lastAt - started;
    } catch (error) {
      lastMs = 0;
      if (group.length > 1 && isOfItem(error)) {
        for (const one of group) await run([one]);
      } else {
        for (const { done } of group) done.reject(error);
      }
    }
  }

  /** Rejects once its commit hangs or, while it waits for one, none goes through any more; `release` ends the wait. */
  function stalled(item: Waiting<T, R>): { readonly promise: Promise<never>; release(): void } {
    const { promise, reject } = Promise.withResolvers<never>();
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    function look(isSure: boolean): void {
      // Three times what the last one took: an item waits for the one that runs, and then for its own.
      const quiet = (item.begunAt ?? Math.max(began, lastAt)) + Math.max(patienceMs, 3 * lastMs);
      const left = Math.min(quiet, began + mostPatienceMs) - performance.now();
      if (left > 0) timer = setTimeout(look, left, false);
      else if (isSure) reject(tooLate());
      // Where this process was held up itself, the answer may have come, and only wants to be read.
      else setImmediate(look, true);
    }
    look(false);
    return { promise, release: () => clearTimeout(timer) };
  }

  return {
    size: () => size,
    async add(item) {
      const length = bytesOf(item);
      if (bytes + length > options.mostBytes) throw noRoom();
      const one: Waiting<T, R> = { item, done: Promise.withResolvers<R>(), begunAt: null };
      bytes += length;
      size += 1;
      const settled = one.done.promise.finally(() => {
        bytes -= length;
        size -= 1;
      });
      waiting.push(one);
      pump();
      const wait = stalled(one);
      try {
        return await Promise.race([settled, wait.promise]);
      } finally {
        wait.release();
      }
    },
  };
}
