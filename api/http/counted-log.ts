/** Keeps a log line that anybody can cause from filling the disk. */
export interface CountedLog {
  /**
   * Writes the first of this key at once, and then one line a minute for as long as more come, with how many
   * they were.
   */
  note(key: string, write: (count: number) => void): void;
}

const WINDOW_MS = 60_000;

/** The keys must be few: they are made of names from our own lists. */
export function createCountedLog(windowMs = WINDOW_MS): CountedLog {
  const counts = new Map<string, number>();

  function open(key: string, write: (count: number) => void): void {
    counts.set(key, 0);
    setTimeout(() => {
      const count = counts.get(key) ?? 0;
      counts.delete(key);
      if (count === 0) return;
      write(count);
      open(key, write);
    }, windowMs).unref();
  }

  return {
    note(key, write) {
      const count = counts.get(key);
      if (count !== undefined) {
        counts.set(key, count + 1);
        return;
      }
      write(1);
      open(key, write);
    },
  };
}
