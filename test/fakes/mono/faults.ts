import type { Endpoint } from './call-log.ts';

export type Fault =
  /**
   * An answer with a status; docs/errors lists 400, 401, 402, 403, 404, 409, 429, 500, 502, 503 and
   * 504. `body` is Mono's envelope when not given, or an HTML page as a gateway sends it.
   */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      /** The header as it is sent: seconds, a date, or nonsense. Mono does not document it. */
      readonly retryAfter?: string;
      readonly body?: 'envelope' | 'html' | 'empty';
    }
  /** Never answers; ends when the caller gives up. */
  | { readonly kind: 'hang' }
  /** Breaks the connection without an answer. */
  | { readonly kind: 'reset' }
  /** `length` announces the whole and sends half; `json` is half of the JSON, well sent. */
  | { readonly kind: 'truncated'; readonly how: 'length' | 'json' }
  /** Answers as it should, later. */
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultOptions {
  /** How many calls it hits; 1 when not given, null for every one until it is removed. */
  readonly times?: number | null;
  readonly account?: string;
  /** Only calls for this page of transactions. */
  readonly page?: number;
  /** Whether the call takes effect before its answer is spoilt; false when not given. */
  readonly processed?: boolean;
}

export interface FaultSubject {
  readonly endpoint: Endpoint;
  readonly account: string | null;
  readonly page: number | null;
}

export interface FaultHit {
  readonly fault: Fault;
  readonly processed: boolean;
}

export interface Faults {
  /** Returns what removes it. The first that matches a call hits it. */
  add(endpoint: Endpoint | '*', fault: Fault, options?: FaultOptions): () => void;
  hit(subject: FaultSubject): FaultHit | null;
  clear(): void;
}

export function createFaults(): Faults {
  interface Rule {
    readonly endpoint: Endpoint | '*';
    readonly fault: Fault;
    readonly options: FaultOptions;
    left: number;
  }
  const rules = new Set<Rule>();

  const matches = ({ endpoint, options, left }: Rule, subject: FaultSubject): boolean =>
    left > 0 &&
    (endpoint === '*' || endpoint === subject.endpoint) &&
    (options.account === undefined || options.account === subject.account) &&
    (options.page === undefined || options.page === subject.page);

  return {
    add(endpoint, fault, options = {}) {
      const left = options.times === null ? Infinity : (options.times ?? 1);
      const rule: Rule = { endpoint, fault, options, left };
      rules.add(rule);
      return () => void rules.delete(rule);
    },
    hit(subject) {
      const rule = [...rules].find((rule) => matches(rule, subject));
      if (rule === undefined) return null;
      rule.left -= 1;
      return { fault: rule.fault, processed: rule.options.processed ?? false };
    },
    clear: () => rules.clear(),
  };
}
