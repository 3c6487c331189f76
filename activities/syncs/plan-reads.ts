import type { StoredCursor } from '../../db/syncs/find-cursor.ts';
import type { SyncScope } from '../../db/schema.ts';
import type { Capabilities, JsonValue, TransactionsQuery } from '../../providers/provider.ts';
import type { Trigger } from '../../workflows/messages.ts';
import type { PendingEffect } from './pending-effects.ts';
import { isOnly } from './triggers.ts';

/**
 * Everything is read again this often, which finds what a read of a date window cannot see: old rows
 * edited or removed. A provider's cursor passes over nothing.
 */
const FULL_EVERY_MS = 24 * 60 * 60_000;

/** Following more pointers than this costs more than reading everything once. */
const MOST_HINTS = 25;

export interface ReadPlan {
  readonly scope: SyncScope;
  readonly queries: readonly TransactionsQuery[];
}

/**
 * The least that must be read for what asked for the sync. No query at all when webhooks told
 * everything.
 */
export function planReads(asked: {
  readonly triggers: readonly Trigger[];
  readonly full: boolean;
  readonly cursor: StoredCursor | null;
  readonly effects: readonly PendingEffect[];
  readonly kind: Capabilities['transactions'];
}): ReadPlan {
  const { triggers, cursor, effects } = asked;
  const hints = distinctHints(effects);
  const onlyWebhooks = isOnly('webhook', triggers);
  const fullIsDue =
    asked.kind === 'window' &&
    !onlyWebhooks &&
    cursor &&
    Date.now() - cursor.fullAt.getTime() >= FULL_EVERY_MS;
  const isUnclear = effects.some(({ kind }) => kind === 'unclear');
  if (asked.full || !cursor || fullIsDue || isUnclear || hints.length > MOST_HINTS) {
    return { scope: 'full', queries: [{ scope: 'full' }] };
  }
  const pointed = hints
    .filter((hint) => hint !== null)
    .map((hint) => ({ scope: 'hint', hint }) as const);
  if (!onlyWebhooks || hints.includes(null)) {
    const incremental = { scope: 'incremental', cursor: cursor.value } as const;
    return { scope: 'incremental', queries: [incremental, ...pointed] };
  }
  return { scope: pointed.length > 0 ? 'hint' : 'webhook', queries: pointed };
}

function distinctHints(effects: readonly PendingEffect[]): (JsonValue | null)[] {
  const hints = effects
    .filter((effect) => effect.kind === 'changed')
    .map((effect) => [JSON.stringify(effect.hint), effect.hint] as const);
  return [...new Map(hints).values()];
}
