import type { ErrorDetail } from './errors/api-error.ts';
import type { PlaidErrorCode } from './errors/codes.ts';

/** An answer's body, before it is written. */
export type Alter = (body: Record<string, unknown>) => Record<string, unknown>;

export type Fault =
  /** The documented envelope and status. */
  | ({ readonly kind: 'error'; readonly code: PlaidErrorCode } & ErrorDetail)
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** Half of the announced body, then the end of the connection. */
  | { readonly kind: 'truncate' }
  /** What a proxy says: a page, by default a 502. */
  | { readonly kind: 'html'; readonly status?: number }
  /** An answer of status 200 that is no JSON. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'late'; readonly milliseconds: number }
  | { readonly kind: 'alter'; readonly alter: Alter };

export interface FaultRule {
  /** A path such as `/transactions/sync`, or `*`. */
  readonly endpoint: string;
  /** Only calls about this item. */
  readonly itemId?: string;
  /** How many calls it hits, 1 when left out; `Infinity` until it is taken back. */
  readonly times?: number;
  /** Calls that are let through first; 0 when left out. */
  readonly after?: number;
  /** Whether the call takes effect before its answer is spoilt; false when left out. */
  readonly processed?: boolean;
  readonly fault: Fault;
}

export interface StandingFault {
  readonly hits: number;
  remove(): void;
}

export interface Faults {
  add(rule: FaultRule): StandingFault;
  /** The rules that hit a call, oldest first: every delay and alteration, and one that spoils it. */
  hit(endpoint: string, itemId: string | null): readonly FaultRule[];
  clear(): void;
}

export function createFaults(): Faults {
  const standing = new Set<{ readonly rule: FaultRule; seen: number; hits: number }>();
  return {
    add(rule) {
      const one = { rule, seen: 0, hits: 0 };
      standing.add(one);
      return {
        get hits() {
          return one.hits;
        },
        remove: () => void standing.delete(one),
      };
    },
    hit(endpoint, itemId) {
      const hit: FaultRule[] = [];
      for (const one of standing) {
        const { rule } = one;
        if (rule.endpoint !== '*' && rule.endpoint !== endpoint) continue;
        if (rule.itemId !== undefined && rule.itemId !== itemId) continue;
        if (one.hits >= (rule.times ?? 1)) continue;
        if (spoils(rule.fault) && hit.some(({ fault }) => spoils(fault))) continue;
        one.seen += 1;
        if (one.seen <= (rule.after ?? 0)) continue;
        one.hits += 1;
        hit.push(rule);
      }
      return hit;
    },
    clear: () => standing.clear(),
  };
}

/** As against a fault that only delays or alters an answer. */
export function spoils({ kind }: Fault): boolean {
  return kind !== 'late' && kind !== 'alter';
}
