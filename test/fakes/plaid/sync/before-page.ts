/** A page of `/transactions/sync` that is about to be answered. */
export interface PageToCome {
  readonly itemId: string;
  /** The filter, or null for the item's own stream. */
  readonly accountId: string | null;
  /** As it was given. */
  readonly cursor: string | null;
  /** From 1, within one pagination. */
  readonly page: number;
  readonly count: number;
}

/** Called before each page: here a test changes data in the middle of a pagination. */
export type BeforePage = (page: PageToCome) => void | Promise<void>;
