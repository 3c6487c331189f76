import type { Part } from './types.ts';

/** How a real-time session ends by itself. */
export type RealTimeMode =
  /** At once, with a new extraction. */
  | 'finished'
  /** It stays in the queue until the control finishes it; the answer shows the old data. */
  | 'processing'
  /** As `processing`, and the answer is the one that is given after 30 seconds: no data. */
  | 'enqueued'
  | 'failed';

/** What a test may change at any time. Where the documents do not decide, the default is a guess. */
export interface Settings {
  /**
   * Where the exchange puts the account's id: in `data`, as the other answers do and as one client
   * reads it, or as the whole body `{id}`, as the integration guide has it.
   */
  authId: 'data' | 'bare';
  /** The page on links writes `bank_code`, the page on re-authorisation `bankCode`. */
  bankCodeKey: 'bank_code' | 'bankCode';
  /**
   * `iso` is what every example has; `local` are the codes of the list in api/bank-data/accounts/
   * details, which has GHC and KSH; `lower` is of the examples before version 2.
   */
  currencyCodes: 'iso' | 'local' | 'lower';
  /** A code can be exchanged again. Undocumented; one-time is the harder case. */
  reusableCodes: boolean;
  /** Pages come also where `paginate=false` asks for none: what if the document is wrong. */
  alwaysPages: boolean;
  /** Rows of a page when no limit is asked for. Undocumented. */
  pageSize: number;
  /** More than this is never on one page. Undocumented. */
  maxLimit: number;
  /** How many rows "the most recent transactions" are, without dates. Undocumented. */
  recentCount: number;
  realTime: RealTimeMode;
  /** What a job of each endpoint retrieves. Undocumented. */
  jobRetrieves: Readonly<Record<Part, readonly Part[]>>;
  /** Since 15 September 2025 `x-has-new-data` is only sent when it is true. */
  sendsFalseHasNewData: boolean;
}

export function defaultSettings(): Settings {
  return {
    authId: 'data',
    bankCodeKey: 'bank_code',
    currencyCodes: 'iso',
    reusableCodes: false,
    alwaysPages: false,
    pageSize: 50,
    maxLimit: 100,
    recentCount: 100,
    realTime: 'finished',
    jobRetrieves: { balance: ['balance'], transactions: ['balance', 'transactions'] },
    sendsFalseHasNewData: false,
  };
}
