/** The endpoints, as faults and the log name them. `other` is any path that is not Mono's. */
export type Endpoint =
  | 'initiate'
  | 'auth'
  | 'account'
  | 'balance'
  | 'transactions'
  | 'job'
  | 'unlink'
  | 'institutions'
  | 'other';

export interface Call {
  readonly number: number;
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly account: string | null;
  /** Whether a real-time session was asked for. */
  readonly realTime: boolean;
  readonly at: number;
  /** Null while it is served, and for good when the connection was broken. */
  status: number | null;
  /** The job that was named in the answer's headers. */
  job: string | null;
}

/** Counts of what costs money. */
export interface RealTimeCount {
  /** Calls that asked for it. */
  readonly calls: number;
  /** Sessions that began: a repeat within five minutes begins none. */
  readonly sessions: number;
  /** Sessions that found new data: the only ones that Mono charges for. */
  readonly charged: number;
}

export interface CallLog {
  add(call: Omit<Call, 'number' | 'status' | 'job'>): Call;
  /** Oldest first, of one endpoint or of all. */
  list(endpoint?: Endpoint): readonly Call[];
  clear(): void;
}

export function createCallLog(): CallLog {
  let calls: Call[] = [];
  let count = 0;
  return {
    add(call) {
      count += 1;
      const noted: Call = { ...call, number: count, status: null, job: null };
      calls.push(noted);
      return noted;
    },
    list: (endpoint) =>
      endpoint === undefined ? [...calls] : calls.filter((call) => call.endpoint === endpoint),
    clear() {
      calls = [];
    },
  };
}
