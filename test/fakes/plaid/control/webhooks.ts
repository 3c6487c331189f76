import { findItem } from '../find.ts';
import { webhookText } from '../webhooks/body.ts';
import { itemBody, sendItemWebhook, type ItemNews } from '../webhooks/item-webhooks.ts';
import type { Outbox, Webhook } from '../webhooks/outbox.ts';
import { postWebhook, signedRequest, type SignedRequest } from '../webhooks/post.ts';
import { signWebhook, type Forgery } from '../webhooks/sign.ts';
import {
  sendTransactionsWebhook,
  transactionsBody,
  type TransactionsNews,
} from '../webhooks/transactions-webhooks.ts';
import type { World } from '../world.ts';

/** A code of TRANSACTIONS or of ITEM, with what its body needs. */
export type WebhookNews = TransactionsNews | ItemNews;

export interface WebhookControl extends Omit<Outbox, 'toItem' | 'toLink'> {
  /** Sends an item any code, deserved or not. */
  send(itemId: string, news: WebhookNews): void;
  /** The same as a signed request, not sent; without a webhook, to nowhere. */
  capture(itemId: string, news: WebhookNews, forgery?: Forgery): Promise<SignedRequest>;
  /** A webhook of the list again, signed anew: a duplicate, or a forgery of it. */
  captureAgain(webhook: Webhook, forgery?: Forgery): Promise<SignedRequest>;
  /** Any body, as text or to be written as Plaid writes it. */
  sign(url: string, body: string | object, forgery?: Forgery): Promise<SignedRequest>;
  /** Sends a request once, as it is. The status, or null for no answer within ten seconds. */
  post(request: SignedRequest): Promise<number | null>;
}

const NOWHERE = 'http://127.0.0.1:9/';

export function createWebhookControl(world: World): WebhookControl {
  const sign = async (
    url: string,
    body: string | object,
    forgery: Forgery = {},
  ): Promise<SignedRequest> => {
    const text = typeof body === 'string' ? body : webhookText(body);
    return signedRequest(url, text, await signWebhook(world.keys, world.clock, text, forgery));
  };

  return {
    list: () => world.outbox.list(),
    hold: () => world.outbox.hold(),
    release: (order) => world.outbox.release(order),
    drop: () => world.outbox.drop(),
    send(itemId, news) {
      const item = findItem(world, itemId);
      if (isOfTransactions(news)) sendTransactionsWebhook(world, item, news);
      else sendItemWebhook(world, item, news);
    },
    capture(itemId, news, forgery) {
      const item = findItem(world, itemId);
      const body = isOfTransactions(news)
        ? transactionsBody(world, item, news)
        : itemBody(world, item, news);
      return sign(item.webhook ?? NOWHERE, body, forgery);
    },
    captureAgain: (webhook, forgery) => sign(webhook.url, webhook.text, forgery),
    sign,
    post: (request) => postWebhook(request, AbortSignal.timeout(10_000)),
  };
}

const OF_TRANSACTIONS: readonly string[] = [
  'SYNC_UPDATES_AVAILABLE',
  'INITIAL_UPDATE',
  'HISTORICAL_UPDATE',
  'DEFAULT_UPDATE',
  'TRANSACTIONS_REMOVED',
] satisfies readonly TransactionsNews['code'][];

function isOfTransactions(news: WebhookNews): news is TransactionsNews {
  return OF_TRANSACTIONS.includes(news.code);
}
