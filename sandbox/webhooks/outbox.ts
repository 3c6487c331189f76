import type { ExtractionRecord } from '../extraction/record.ts';
import type { Account } from '../institution/account.ts';
import type { WebhookTarget } from '../institution/types.ts';
import type { World } from '../state/world.ts';
import { webhookBody } from './payload.ts';
import type { Webhook, WebhookState } from './webhook.ts';

export interface Outbox {
  /** Makes a webhook, with its duplicates where the settings ask for them. Only inside a change. */
  put(code: string, record: ExtractionRecord, account: Account | null): Webhook[];
  /** Puts the same body in once more, to be delivered as if it were new. Only inside a change. */
  again(webhook: Webhook, url?: string): Webhook;
  /** Where a webhook goes now. */
  targetOf(webhook: Pick<Webhook, 'customerId' | 'url'>): WebhookTarget | null;
}

/** `deliver` is called for each webhook that is to be sent at once. */
export function createOutbox(
  world: World,
  baseUrl: string,
  deliver: (webhook: Webhook) => void,
): Outbox {
  const targetOf: Outbox['targetOf'] = ({ customerId, url }) => {
    const target = world.state.customers.get(customerId)?.target ?? world.state.settings.target;
    if (url === null) return target;
    return { url, token: target?.token ?? null };
  };

  const store = (webhook: Omit<Webhook, 'id' | 'number' | 'createdAt' | 'progress'>): Webhook => {
    const stored: Webhook = {
      ...webhook,
      id: world.random('webhooks').objectId(),
      number: world.state.webhookCount + 1,
      createdAt: world.state.clock.now(),
      progress: { state: firstState(webhook), attempts: 0, lastAttempt: null },
    };
    world.apply({ op: 'webhook', webhook: stored });
    if (stored.progress.state === 'waiting') deliver(stored);
    return stored;
  };

  const firstState = (webhook: Pick<Webhook, 'customerId' | 'url'>): WebhookState => {
    const { mode } = world.state.settings.delivery;
    if (mode === 'drop') return 'dropped';
    if (mode === 'hold') return 'held';
    return targetOf(webhook) === null ? 'no_target' : 'waiting';
  };

  const again = (webhook: Webhook, url?: string): Webhook =>
    store({
      code: webhook.code,
      customerId: webhook.customerId,
      accountId: webhook.accountId,
      record: webhook.record,
      body: webhook.body,
      duplicateOf: webhook.duplicateOf ?? webhook.id,
      url: url ?? webhook.url,
    });

  return {
    again,
    targetOf,
    put(code, record, account) {
      const customer = world.state.customers.get(record.customerId);
      if (customer === undefined) throw new Error('a record without its customer');
      const address = { customerId: customer.id, url: null };
      const first = store({
        ...address,
        code,
        accountId: account?.details.id ?? null,
        record: record.id,
        duplicateOf: null,
        body: webhookBody({
          code,
          customer,
          record,
          account,
          targetUrl: targetOf(address)?.url ?? null,
          baseUrl,
        }),
      });
      const { duplicate } = world.state.settings.delivery;
      return [first, ...Array.from({ length: duplicate }, () => again(first))];
    },
  };
}
