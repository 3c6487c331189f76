import type { Random } from './random.ts';

export const FAULT_KINDS = [
  'latency',
  '429',
  '500',
  '503',
  'drop',
  'truncate',
  'hang',
  'malformed',
  'login_required',
  'refresh_fails',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault as asked for. Which fields mean something depends on the kind. */
export interface FaultRule {
  /** An endpoint such as `balance/refresh`, or `*`. */
  readonly endpoint: string;
  readonly kind: FaultKind;
  /** How many calls it hits; null: every one, until it is deleted. */
  readonly times: number | null;
  /** The share of matching calls that it hits, 0 to 1. */
  readonly probability: number;
  /** How long a call is held before it is served. */
  readonly latencyMs: number;
  readonly retryAfterSeconds: number | null;
  /** How long a call is held before the fault itself. */
  readonly afterMs: number;
  /** Whether the call takes effect at the bank before its answer is spoilt. */
  readonly processed: boolean;
  /**
   * `header`: the full length is announced. `json`: a well-formed HTTP answer with half of the
   * JSON.
   */
  readonly truncate: 'header' | 'json';
  /** The error of a refresh that fails later. */
  readonly errorType: string;
  readonly account: string | null;
  readonly customer: string | null;
}

export interface Fault extends FaultRule {
  readonly id: string;
  hits: number;
}

/** What a protocol call is about, for the filters. */
export interface FaultSubject {
  readonly endpoint: string;
  readonly account: string | null;
  readonly customer: string | null;
}

export interface Faults {
  add(rule: FaultRule): Fault;
  /** The faults that hit a call: all latencies that match, and the first of the others. */
  hit(subject: FaultSubject): Fault[];
  list(): Fault[];
  /** False when there is none of this id. */
  remove(id: string): boolean;
  clear(): void;
}

/** Faults live in memory only: a restarted bank is a healthy one. */
export function createFaults(random: () => Random): Faults {
  const faults = new Map<string, Fault>();
  let count = 0;

  const matches = (fault: Fault, subject: FaultSubject): boolean =>
    (fault.endpoint === '*' || fault.endpoint === subject.endpoint) &&
    (fault.account === null || fault.account === subject.account) &&
    (fault.customer === null || fault.customer === subject.customer) &&
    (fault.times === null || fault.hits < fault.times) &&
    (fault.probability >= 1 || random().below(1_000_000) < fault.probability * 1_000_000);

  return {
    add(rule) {
      count += 1;
      const fault: Fault = { ...rule, id: `fault-${count}`, hits: 0 };
      faults.set(fault.id, fault);
      return fault;
    },
    hit(subject) {
      const hit: Fault[] = [];
      for (const fault of faults.values()) {
        if (fault.kind !== 'latency' && hit.some(({ kind }) => kind !== 'latency')) continue;
        if (!matches(fault, subject)) continue;
        fault.hits += 1;
        hit.push(fault);
      }
      return hit;
    },
    list: () => [...faults.values()],
    remove: (id) => faults.delete(id),
    clear: () => faults.clear(),
  };
}
