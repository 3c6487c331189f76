const KEPT = 20_000;

/** A call of the protocol as it was received. */
export interface Call {
  readonly number: number;
  /**
   * The canonical name, such as `transactions/getByAccount`, or the path when there is no such
   * endpoint.
   */
  readonly endpoint: string;
  readonly method: string;
  readonly at: number;
  readonly account: string | null;
  readonly customer: string | null;
  readonly record: string | null;
  readonly page: number | null;
  readonly limit: number | null;
  /** Null while it is being served, and for good when the connection was broken. */
  status: number | null;
}

export interface CallLog {
  /** Notes a call as soon as it arrives. */
  add(call: Omit<Call, 'number' | 'status'>): Call;
  /** Oldest first; at most the last 20,000. */
  list(): readonly Call[];
  /** How many calls came, the ones no longer listed included. */
  total(): number;
  clear(): void;
}

export function createCallLog(): CallLog {
  let calls: Call[] = [];
  let total = 0;
  return {
    add(call) {
      total += 1;
      const noted: Call = { ...call, number: total, status: null };
      calls.push(noted);
      if (calls.length > KEPT * 2) calls = calls.slice(-KEPT);
      return noted;
    },
    list: () => calls.slice(-KEPT),
    total: () => total,
    clear() {
      calls = [];
      total = 0;
    },
  };
}
