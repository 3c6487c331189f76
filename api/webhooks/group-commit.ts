import { Overloaded } from './overloaded.ts';
import { within } from './within.ts';

export interface GroupCommitOptions<T, R> {
  /** Makes all of them durable, and answers for each. */
  readonly commit: (items: readonly T[]) => Promise<readonly R[]>;
  /** Whether one by one some of them may go through: the error is that of an item, not an outage. */
  readonly isOfItem: (error: unknown) => boolean;
  readonly bytesOf: (item: T) => number;
  readonly commitsAtOnce: number;
  readonly mostInCommit: number;
  readonly mostBytesInCommit: number;
  /** Of what waits or is under way; more is refused. */
  readonly mostBytes: number;
  /** How long an item waits at the least, before it is refused. */
  readonly patienceMs: number;
  /** How long it waits at the most, where commits have become slow. */
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
}

/**
 * Has items that arrive at the same time share a commit. Nobody waits for a timer: an item that comes while no
 * commit runs is committed at once and alone, and those that come meanwhile go together in the next.
 *
 * The patience grows with how long commits have lately taken: a database that is slow and not away is not
 * refused for ever.
 */
export function createGroupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  const { commit, isOfItem, bytesOf, commitsAtOnce, mostInCommit, patienceMs } = options;
  let waiting: Waiting<T, R>[] = [];
  let running = 0;
  let size = 0;
  let bytes = 0;
  let lastMs = 0;

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
    try {
      const answers = await commit(group.map(({ item }) => item));
      group.forEach(({ done }, index) => done.resolve(answers[index] as R));
      lastMs = performance.now() - started;
    } catch (error) {
      if (group.length > 1 && isOfItem(error)) {
        for (const one of group) await run([one]);
      } else {
        for (const { done } of group) done.reject(error);
      }
    }
  }

  /** Three times what the last commit took: an item waits for the one that runs, and then for its own. */
  const patience = (): number => Math.min(Math.max(patienceMs, 3 * lastMs), options.mostPatienceMs);

  return {
    size: () => size,
    async add(item) {
      const length = bytesOf(item);
      if (bytes + length > options.mostBytes) throw new Overloaded('no room');
      const one = { item, done: Promise.withResolvers<R>() };
      bytes += length;
      size += 1;
      const settled = one.done.promise.finally(() => {
        bytes -= length;
        size -= 1;
      });
      waiting.push(one);
      pump();
      return await within(patience(), settled);
    },
  };
}
