import type { Logger } from '../config/logger.ts';
import { SearchAttributesRefused } from '../temporal/register-search-attributes.ts';

export interface TroubleLog {
  /** Logs the trouble, unless it is the one that was logged last. */
  failed(error: unknown): void;
  /** Logs that it is over, if there was any. */
  succeeded(): void;
}

/** Tells of a trouble when it begins, changes and ends, not at each of many attempts. */
export function createTroubleLog(logger: Logger, what: string): TroubleLog {
  let current: string | null = null;
  return {
    failed(err) {
      const kind = kindOf(err);
      if (kind === current) return;
      current = kind;
      if (err instanceof SearchAttributesRefused) {
        const { missing } = err;
        logger.warn({ missing }, 'search attributes are missing: register them in the namespace');
      } else logger.warn({ err }, `waiting for ${what}`);
    },
    succeeded() {
      if (current !== null) logger.info(`no longer waiting for ${what}`);
      current = null;
    },
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? `${error.name} ${String(error.code)}` : error.name;
}
