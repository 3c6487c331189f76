/** Keeps a log line that anybody can cause from filling the disk. */
export interface CountedLog {
  /**
   * Writes the first of this key at once, and then one line a minute for as long as more come: the latest of
   * them, with how many they were.
   */
  note(key: string, write: (count: number) => void): void;
}

const WINDOW_MS = 60_000;

interface Window {
  /** Of those that were not written. */
  count: number;
  latest?: (count: number) => void;
}

/** The keys must be few: they are made of names from our own lists. */
export function createCountedLog(windowMs = WINDOW_MS): CountedLog {
  const windows = new Map<string, Window>();

  function open(key: string): void {
    windows.set(key, { count: 0 });
    setTimeout(() => {
      const window = windows.get(key);
      windows.delete(key);
      if (!window?.latest) return;
      window.latest(window.count);
      open(key);
    }, windowMs).unref();
  }

  return {
    note(key, write) {
      const window = windows.get(key);
      if (window) {
        window.count += 1;
        window.latest = write;
        return;
      }
      write(1);
      open(key);
    },
  };
}
