import { randomBytes } from 'node:crypto';
import { noopMetricMeter } from '@temporalio/common';
import type { Hono } from 'hono';
import type { ActivityDeps } from '../../activities/deps.ts';
import { discoverAccounts } from '../../activities/connections/discover-accounts.ts';
import { createMetrics } from '../../activities/metrics.ts';
import { createApp } from '../../api/app.ts';
import { createWebhookIntake } from '../../api/webhooks/intake.ts';
import type { SignalDispatcher, SignalToSend } from '../../api/webhooks/signal-dispatcher.ts';
import { createAttemptRecorder } from '../../activities/deliveries/attempt-recorder.ts';
import { DELIVERY_PACE } from '../../config/delivery-pace.ts';
import { STRICT_ENDPOINT_RULES } from '../../config/endpoint-rules.ts';
import { createEventPoster } from '../../events/post-event.ts';
import type { EndpointWorkflows } from '../../temporal/endpoint-workflows.ts';
import { createLogger } from '../../config/logger.ts';
import { apiKeyPrefix, createApiKey, hashApiKey } from '../../credentials/api-key.ts';
import { createKeyRing } from '../../credentials/key-ring.ts';
import { storeApiKey } from '../../db/api-keys.ts';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { createOkraProvider } from '../../providers/okra/provider.ts';
import type { CallContext, Provider } from '../../providers/provider.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import type { AccountWorkflows } from '../../temporal/account-workflows.ts';
import type { ConnectionWorkflows } from '../../temporal/connection-workflows.ts';
import { freshDatabase } from './fresh-database.ts';
import { startBank, type BankCustomer, type TestBank } from './start-bank.ts';
import { openDoor } from './open-door.ts';
import { storeOn } from './store-webhook.ts';

export interface RigOptions {
  /** Rows a page; small, so that there are many pages. */
  readonly pageSize?: number;
  /** Where the provider finds the bank, when something stands in front of it. */
  readonly wireUrl?: (bank: TestBank) => Promise<string>;
  /** Another database than one of the run's server: its URL, migrated. */
  readonly databaseUrl?: string;
  readonly bank?: TestBank;
  /** Instead of the bank's own. */
  readonly providers?: readonly Provider[];
}

export interface RigAccount {
  readonly connectionId: string;
  /** Our id of it. */
  readonly account: string;
  /** The bank's id of it. */
  readonly bank: string;
  readonly customer: BankCustomer;
}

export interface RigAnswer {
  readonly status: number;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers freely
  readonly body: any;
}

/** A bank, a database, and what syncs between them, without Temporal and without processes. */
export interface StorageRig {
  readonly bank: TestBank;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly provider: Provider;
  providerWith(pageSize: number): Provider;
  readonly deps: ActivityDeps;
  /** The real API. Its signals to workflows go nowhere. */
  readonly app: Hono;
  appOn(db: Database): Hono;
  /** `GET` of the API with a key; the answer's text too, in which amounts stand as sent. */
  get(path: string): Promise<RigAnswer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<RigAnswer>;
  /** What workflows were to be told of. */
  readonly dispatched: SignalToSend[];
  /** Creates a customer at the bank and links its accounts. */
  link(wanted: { accounts?: unknown; transactions?: number }): Promise<RigAccount[]>;
  /** Delivers a webhook's body as the bank would; answers with the status. */
  deliver(body: string, app?: Hono): Promise<number>;
  close(): Promise<void>;
}

const askProviders = (): void => undefined;

export const noContext: CallContext = {
  signal: new AbortController().signal,
  heartbeat: () => undefined,
};

export async function storageRig(options: RigOptions = {}): Promise<StorageRig> {
  const bank = options.bank ?? (await startBank());
  await bank.control('PUT', '/settings', { processing_ms: 0 });
  const database = options.databaseUrl === undefined ? await freshDatabase() : null;
  const databaseUrl = options.databaseUrl ?? database?.url ?? '';
  const db = connectDatabase({ url: databaseUrl, onIdleError: () => undefined });
  const wireUrl = options.wireUrl ? await options.wireUrl(bank) : bank.url;
  const providerWith = (pageSize: number): Provider =>
    createOkraProvider({
      baseUrl: `${wireUrl}/v2`,
      secretKey: bank.secretKey,
      webhookToken: bank.webhookToken,
      pageSize,
      callbackPollMs: 2,
    });
  const provider = providerWith(options.pageSize ?? 3);
  const logger = createLogger('api', 'silent');
  const accountWorkflows = silentWorkflows();
  const providers = createProviderRegistry(options.providers ?? [provider]);
  const keyRing = createKeyRing(`test:${randomBytes(32).toString('base64')}`);
  const metrics = createMetrics(noopMetricMeter).ofProvider('okra');
  const connectionWorkflows = inPlace({ db, providers, keyRing, logger, metrics });
  const webhooks = { retentionDays: 30, bodies: 'encrypted' as const };
  const shared = { db, providers, keyRing, accountWorkflows, connectionWorkflows, logger };
  const endpointWorkflows: EndpointWorkflows = { wake: () => Promise.resolve() };
  const poster = createEventPoster({ rules: STRICT_ENDPOINT_RULES });
  const recorder = createAttemptRecorder(db);
  const deliveries = { pace: DELIVERY_PACE, poster, recorder };
  const deps = {
    ...shared,
    metrics,
    webhooks,
    endpointWorkflows,
    linkSessionWorkflows: { start: () => Promise.resolve(true), tell: () => Promise.resolve() },
    deliveries,
    events: { retentionDays: 30 },
  };
  const dispatched: SignalToSend[] = [];
  const dispatcher: SignalDispatcher = {
    dispatch: (signals) => void dispatched.push(...signals),
    close: () => Promise.resolve(),
  };
  const appOn = (other: Database): Hono => {
    const store = storeOn(other);
    const bodies = 'encrypted' as const;
    const shared = { dispatcher, askProviders, tellLinkSessions: () => undefined };
    const intake = createWebhookIntake({ db: other, store, ...shared, keyRing, bodies, logger });
    const door = openDoor({ db: other, keyRing, logger });
    return createApp({
      ...deps,
      endpointRules: STRICT_ENDPOINT_RULES,
      db: other,
      door,
      intake,
      ...shared,
      publicUrl: null,
      temporalIsUp: () => Promise.resolve(true),
    });
  };
  const app = appOn(db);
  const key = createApiKey();
  await storeApiKey(db, { name: 'test', prefix: apiKeyPrefix(key), hash: hashApiKey(key) });

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<RigAnswer> {
    const response = await app.request(path, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text === '' ? undefined : JSON.parse(text) };
  }

  return {
    bank,
    db,
    databaseUrl,
    provider,
    providerWith,
    deps,
    app,
    appOn,
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
    dispatched,
    async link(wanted) {
      const customer = await bank.createCustomer(wanted);
      const { status, body, text } = await call('POST', '/v1/connections', {
        provider: 'okra',
        link: { customer: customer.customer.id, bank: customer.bank.id },
        refresh: false,
      });
      if (status !== 201) throw new Error(`link: ${status} ${text}`);
      const ids = new Map<string, string>(
        body.accounts.map((one: { provider_account_id: string; id: string }) => [
          one.provider_account_id,
          one.id,
        ]),
      );
      return customer.accounts.map(({ id }) => ({
        connectionId: body.id,
        account: ids.get(id) ?? '',
        bank: id,
        customer,
      }));
    },
    async deliver(body, to = app) {
      const response = await to.request('/webhooks/okra', {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${bank.webhookToken}`,
          'Content-Type': 'application/json',
        },
        body,
      });
      return response.status;
    },
    async close() {
      await db.destroy();
      if (options.bank === undefined) await bank.close();
      await database?.drop();
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

function silentWorkflows(): AccountWorkflows {
  return {
    start: () => Promise.resolve(true),
    webhooksStored: nothing,
    applySettings: () => Promise.resolve(null),
    settingsChanged: nothing,
    connectionChanged: nothing,
    refresh: () => Promise.resolve({ state: 'done', outcomes: [] }),
    unlinked: () => Promise.resolve(false),
  };
}

/** Looks for accounts at once, in this process; unlinks nothing. */
function inPlace(deps: Parameters<typeof discoverAccounts>[0]): ConnectionWorkflows {
  return {
    start: () => Promise.resolve(false),
    async ask(work, { id }) {
      if (work !== 'unlink') await discoverAccounts(deps, id, 1, noContext);
    },
    wake: nothing,
    ended: () => Promise.resolve('done'),
  };
}
