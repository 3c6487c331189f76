/** A page of transactions that is about to be read. */
export interface PageRead {
  readonly accountId: string;
  /** Counts from 1. */
  readonly page: number;
}

export type PageHook = (read: PageRead) => void | Promise<void>;

export interface PageHooks {
  /** Returns what removes it. */
  add(hook: PageHook): () => void;
  run(read: PageRead): Promise<void>;
}

/** Lets a test change the data between two pages. */
export function createPageHooks(): PageHooks {
  const hooks = new Set<PageHook>();
  return {
    add(hook) {
      hooks.add(hook);
      return () => void hooks.delete(hook);
    },
    async run(read) {
      for (const hook of hooks) await hook(read);
    },
  };
}
