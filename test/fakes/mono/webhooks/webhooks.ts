import type { Alteration } from '../alterations.ts';
import type { World } from '../world.ts';
import type { Attempt, WebhookRequest } from './attempt.ts';
import { createDeliverer, type RetrySettings } from './deliverer.ts';
import type { MonoEvent } from './events.ts';
import { defaultStyle, dress, type WebhookStyle } from './style.ts';

export interface Webhooks {
  readonly style: WebhookStyle;
  readonly retries: RetrySettings;
  /** Where webhooks go; null sends none. */
  url: string | null;
  /** What the header `mono-webhook-secret` says: the secret itself, not a signature. */
  secret: string;
  /** Changes every body from now on; null for none. */
  alteration: Alteration | null;
  /** Sends an event, or holds it, and gives the request; null where there is no URL. */
  send(event: MonoEvent): WebhookRequest | null;
  /** Posts a request once, now, whatever it says: twice, late, or forged. */
  post(request: WebhookRequest): Promise<Attempt>;
  /** From now on requests are kept instead of sent. */
  hold(): void;
  held(): readonly WebhookRequest[];
  /** Sends what `choose` makes of what was held, in its order, and holds no more. */
  release(choose?: (held: readonly WebhookRequest[]) => readonly WebhookRequest[]): void;
  attempts(): readonly Attempt[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function createWebhooks(world: World, url: string | null, secret: string): Webhooks {
  const deliverer = createDeliverer();
  let held: WebhookRequest[] | null = null;

  const webhooks: Webhooks = {
    style: defaultStyle(),
    retries: deliverer.retries,
    url,
    secret,
    alteration: null,
    send(event) {
      if (webhooks.url === null) return null;
      const request = requestFor(world, event, webhooks, webhooks.url);
      if (held === null) deliverer.queue(request);
      else held.push(request);
      return request;
    },
    post: deliverer.post,
    hold() {
      held ??= [];
    },
    held: () => [...(held ?? [])],
    release(choose = (all) => all) {
      const chosen = choose(held ?? []);
      held = null;
      for (const request of chosen) deliverer.queue(request);
    },
    attempts: deliverer.attempts,
    settled: deliverer.settled,
    close: deliverer.close,
  };
  return webhooks;
}

function requestFor(
  world: World,
  event: MonoEvent,
  { style, alteration, secret }: Webhooks,
  url: string,
): WebhookRequest {
  const dressed = dress(world, event, style);
  const body = alteration === null ? dressed : alteration(dressed);
  return {
    event: event.event,
    url,
    headers: { 'content-type': 'application/json', 'mono-webhook-secret': secret },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
