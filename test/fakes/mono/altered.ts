import type { Alteration } from './alterations.ts';
import type { Endpoint } from './call-log.ts';
import type { Json } from './json.ts';

export interface Alterations {
  /** For the next `times` answers of the endpoint, all when not given. Returns what removes it. */
  add(endpoint: Endpoint | '*', change: Alteration, times?: number): () => void;
  apply(endpoint: Endpoint, body: Json): Json;
  clear(): void;
}

export function createAlterations(): Alterations {
  const rules = new Set<{
    readonly endpoint: Endpoint | '*';
    readonly change: Alteration;
    left: number;
  }>();
  return {
    add(endpoint, change, times = Infinity) {
      const rule = { endpoint, change, left: times };
      rules.add(rule);
      return () => void rules.delete(rule);
    },
    apply(endpoint, body) {
      let altered = body;
      for (const rule of rules) {
        if (rule.left <= 0 || (rule.endpoint !== '*' && rule.endpoint !== endpoint)) continue;
        rule.left -= 1;
        altered = rule.change(altered);
      }
      return altered;
    },
    clear: () => rules.clear(),
  };
}
