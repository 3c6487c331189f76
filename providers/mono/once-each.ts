export interface OnceEach {
  /** Whether `name` has not been seen lately. */
  first(name: string): boolean;
}

/** Remembers the last `most` names, so that what two syncs share is counted once. */
export function onceEach(most: number): OnceEach {
  const seen = new Set<string>();
  return {
    first(name) {
      if (seen.has(name)) return false;
      seen.add(name);
      const [oldest] = seen;
      if (seen.size > most && oldest !== undefined) seen.delete(oldest);
      return true;
    },
  };
}
