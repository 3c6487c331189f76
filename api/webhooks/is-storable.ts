import type { TranslatedWebhook } from '../../providers/provider.ts';

/** Longer texts do not fit into an index. */
const MOST_LETTERS = 500;
const MOMENT = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Whether Postgres takes what a provider has made out of a webhook: one whose id it would refuse could not even be
 * acknowledged, and would come again for ever.
 */
export function isStorable(webhook: Omit<TranslatedWebhook, 'effects'>): boolean {
  const { type, dedupeKey, providerConnectionId, providerAccountId, occurredAt } = webhook;
  const texts = [type, dedupeKey, providerConnectionId, providerAccountId];
  return (
    texts.every((text) => text === null || isText(text)) &&
    (occurredAt === null || MOMENT.test(occurredAt))
  );
}

const isText = (text: string): boolean =>
  text.length <= MOST_LETTERS && text.isWellFormed() && !text.includes('\0');
