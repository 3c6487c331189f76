/** A call as it was received. */
export interface Call {
  readonly number: number;
  /** The path, such as `/transactions/sync`. */
  readonly endpoint: string;
  readonly at: number;
  readonly requestId: string;
  itemId: string | null;
  /** `options.account_id`, or `options.account_ids`; empty when the call had no filter. */
  accountIds: readonly string[];
  /** Null when none was given. */
  cursor: string | null;
  count: number | null;
  /** Null while it is being served, and for good when the connection was broken. */
  status: number | null;
  errorCode: string | null;
}

export interface CallLog {
  add(endpoint: string, at: number, requestId: string): Call;
  /** Oldest first; of one endpoint, where one is given. */
  list(endpoint?: string): readonly Call[];
  clear(): void;
}

export function createCallLog(): CallLog {
  let calls: Call[] = [];
  let total = 0;
  return {
    add(endpoint, at, requestId) {
      total += 1;
      const call: Call = {
        number: total,
        endpoint,
        at,
        requestId,
        itemId: null,
        accountIds: [],
        cursor: null,
        count: null,
        status: null,
        errorCode: null,
      };
      calls.push(call);
      return call;
    },
    list: (endpoint) =>
      calls.filter((call) => endpoint === undefined || call.endpoint === endpoint),
    clear() {
      calls = [];
    },
  };
}

/** "A flat fee per successful call" (docs/account/billing). */
const PAID = new Set(['/accounts/balance/get', '/transactions/refresh']);

export function isPaid({ endpoint, status }: Call): boolean {
  return PAID.has(endpoint) && status === 200;
}
