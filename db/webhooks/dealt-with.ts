/** What one statement of many did, and where the next is to go on. */
export interface DealtWith<Key> {
  readonly rows: number;
  /** Of the last row; null where there was none. */
  readonly last: Key | null;
}
