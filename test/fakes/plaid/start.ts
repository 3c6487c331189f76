import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { INSTITUTIONS } from './bank/institutions.ts';
import { createCallLog } from './call-log.ts';
import { createClock } from './clock.ts';
import { createControl } from './control/control.ts';
import type { PlaidFake } from './fake.ts';
import { createFaults } from './faults.ts';
import { createProtocolApp } from './protocol/app.ts';
import { createRateLimits } from './rate-limits.ts';
import { defaultSettings } from './settings.ts';
import { createDeliverer, type DeliveryOptions } from './webhooks/deliver.ts';
import { createWebhookKeys } from './webhooks/keys.ts';
import { createOutbox } from './webhooks/outbox.ts';
import { signWebhook } from './webhooks/sign.ts';
import type { Environment, World } from './world.ts';

export interface PlaidFakeOptions {
  readonly clientId?: string;
  readonly secret?: string;
  /** The webhook of items that `control.linkItem` makes; none when left out. */
  readonly webhookUrl?: string;
  /** `sandbox` when left out. */
  readonly environment?: Environment;
  /** Milliseconds since 1970; the machine's clock when left out. */
  readonly clock?: () => number;
  /** Retries 30 ms, 120 ms, … after a failure, and a time-out of 10 s, unless it says otherwise. */
  readonly delivery?: Partial<DeliveryOptions>;
  /** Told of an error in the fake itself; such a call is answered INTERNAL_SERVER_ERROR. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Starts a Plaid on 127.0.0.1: real HTTP, real signatures, nothing stored.
 *
 * @example
 * const plaid = await startPlaidFake();
 * const login = plaid.control.createLogin({ accounts: [{ balances: { current: '12.30' } }] });
 * const { publicToken } = plaid.control.finishLink(linkToken, { loginId: login.id });
 */
export async function startPlaidFake(options: PlaidFakeOptions = {}): Promise<PlaidFake> {
  const { clientId = 'client-id-of-a-test', secret = 'secret-of-a-test' } = options;
  const clock = createClock(options.clock);
  const keys = await createWebhookKeys(clock);
  const deliverer = createDeliverer(
    {
      retryScale: 0.001,
      timeoutMs: 10_000,
      signsRetriesAnew: true,
      givesUpOnRejections: false,
      ...options.delivery,
    },
    (text) => signWebhook(keys, clock, text),
  );
  const world: World = {
    clientId,
    secret,
    environment: options.environment ?? 'sandbox',
    clock,
    settings: defaultSettings(),
    institutions: new Map(INSTITUTIONS.map((institution) => [institution.id, institution])),
    outages: new Map(),
    logins: new Map(),
    bankAccounts: new Map(),
    bankTransactions: new Map(),
    items: new Map(),
    linkTokens: new Map(),
    publicTokens: new Map(),
    keys,
    outbox: createOutbox(clock, deliverer),
    faults: createFaults(),
    limits: createRateLimits(),
    calls: createCallLog(),
    beforePage: null,
  };
  const app = createProtocolApp(world, options.onError ?? (() => undefined));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    clientId,
    secret,
    control: createControl(world, options.webhookUrl ?? null),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, deliverer.close()]);
    },
  };
}
