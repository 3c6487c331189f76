import type { Clock } from '../clock.ts';
import type { Item } from '../items/types.ts';
import type { LinkToken } from '../link/types.ts';
import { webhookText, type WebhookBody } from './body.ts';
import type { Deliverer } from './deliver.ts';

/** A webhook that Plaid has, or would have, sent. */
export interface Webhook {
  readonly number: number;
  readonly url: string;
  /** Such as `TRANSACTIONS`. */
  readonly type: string;
  readonly code: string;
  readonly itemId: string | null;
  readonly linkToken: string | null;
  /** With the bytes that are signed. */
  readonly text: string;
  readonly madeAt: number;
  /** Each attempt's HTTP status; null where there was no answer. */
  readonly attempts: (number | null)[];
  state: 'held' | 'sending' | 'delivered' | 'failed';
}

export interface Outbox {
  /** Nothing where the item has no webhook. */
  toItem(item: Item, body: WebhookBody): Webhook | null;
  toLink(link: LinkToken, body: WebhookBody): Webhook | null;
  /** Oldest first. */
  list(): readonly Webhook[];
  /** From now on webhooks wait. */
  hold(): void;
  /** Sends what waits, in the order that `order` gives, and holds no more. */
  release(order?: (held: readonly Webhook[]) => readonly Webhook[]): void;
  /** Forgets what waits, and holds no more. */
  drop(): void;
}

export function createOutbox(clock: Clock, deliverer: Deliverer): Outbox {
  const webhooks: Webhook[] = [];
  let holding = false;

  const put = (
    url: string | null,
    about: Pick<Webhook, 'itemId' | 'linkToken'>,
    body: WebhookBody,
  ): Webhook | null => {
    if (url === null) return null;
    const webhook: Webhook = {
      number: webhooks.length + 1,
      url,
      type: body.webhook_type ?? '',
      code: body.webhook_code ?? '',
      ...about,
      text: webhookText(body),
      madeAt: clock.now(),
      attempts: [],
      state: holding ? 'held' : 'sending',
    };
    webhooks.push(webhook);
    if (!holding) deliverer.enqueue(webhook);
    return webhook;
  };

  const held = (): Webhook[] => webhooks.filter(({ state }) => state === 'held');

  return {
    toItem(item, body) {
      const webhook = put(item.webhook, { itemId: item.id, linkToken: null }, body);
      if (webhook !== null) item.lastWebhook = { at: webhook.madeAt, code: webhook.code };
      return webhook;
    },
    toLink: (link, body) => put(link.webhook, { itemId: null, linkToken: link.token }, body),
    list: () => webhooks,
    hold() {
      holding = true;
    },
    release(order = (all) => all) {
      holding = false;
      for (const webhook of order(held())) {
        webhook.state = 'sending';
        deliverer.enqueue(webhook);
      }
    },
    drop() {
      holding = false;
      for (const webhook of held()) webhook.state = 'failed';
    },
  };
}
