import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createAlterations } from './altered.ts';
import { createCallLog, type CallLog } from './call-log.ts';
import { createClock } from './clock.ts';
import type { MonoControl } from './control.ts';
import { createControl } from './create-control.ts';
import type { Fake } from './fake.ts';
import { createFaults } from './faults.ts';
import { createPageHooks } from './page-hooks.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { createApp } from './wire/app.ts';
import { createWorld } from './world.ts';

export interface MonoFakeOptions {
  /** What callers must give as `mono-sec-key`. */
  readonly secretKey?: string;
  readonly webhookSecret?: string;
  /** Where webhooks go; none are sent when not given. */
  readonly webhookUrl?: string;
  /** Milliseconds since 1970; the machine's clock when not given. */
  readonly clock?: () => number;
}

export interface MonoFake {
  /** Such as `http://127.0.0.1:4410`, in place of `https://api.withmono.com`. */
  readonly url: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly control: MonoControl;
  /** Every call that came. */
  readonly calls: CallLog;
  close(): Promise<void>;
}

/**
 * Starts a Mono (mono.co) of our own on loopback: a third party at its wire protocol, which shares
 * no code with Freshet. Built from the public documents, cited where a behaviour is of one page;
 * what they leave open is marked as a guess. It was never compared with the live service.
 *
 * @example
 * const mono = await startMonoFake({ webhookUrl });
 * const { mono_url } = await initiate(mono.url);
 * const { code, accounts } = mono.control.finishLink(mono_url);
 */
export async function startMonoFake(options: MonoFakeOptions = {}): Promise<MonoFake> {
  const { secretKey = 'test_sk_of_the_fake', webhookSecret = 'sec_of_the_fake' } = options;
  const clock = createClock(options.clock ?? Date.now);
  const world = createWorld(secretKey, clock.now);
  const fake: Fake = {
    world,
    calls: createCallLog(),
    faults: createFaults(),
    alterations: createAlterations(),
    pageHooks: createPageHooks(),
    webhooks: createWebhooks(world, options.webhookUrl ?? null, webhookSecret),
  };
  const server = createAdaptorServer({ fetch: createApp(fake).fetch }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    secretKey,
    webhookSecret,
    control: createControl(fake, clock),
    calls: fake.calls,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, fake.webhooks.close()]);
    },
  };
}
