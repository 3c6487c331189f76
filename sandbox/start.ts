import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { createBank, type Bank } from './bank.ts';
import { createControlApp } from './control/app.ts';
import { createProtocolApp } from './protocol/app.ts';
import { openJournal, type Journal } from './state/journal.ts';
import { createState } from './state/state.ts';
import { createWorld, type World } from './state/world.ts';

export interface SandboxBankOptions {
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Equal seeds and equal control calls give equal data. A state file's own seed comes first. */
  readonly seed?: string;
  /** What the protocol's callers must give as bearer. */
  readonly secretKey: string;
  /** Where webhooks go. Left out, a target kept in the state file stays. */
  readonly webhookTarget?: { readonly url: string; readonly token: string | null };
  /** Keeps the bank across restarts. */
  readonly stateFile?: string;
  /** How long a refresh takes; 150 ms where nothing says otherwise. */
  readonly processingMs?: number;
  /** The first pause before a webhook is tried again; 1000 ms where nothing says otherwise. */
  readonly retryBaseMs?: number;
  /** Told of an error that nobody expected. */
  readonly onError?: (error: unknown) => void;
}

export interface SandboxBank {
  /**
   * Such as `http://127.0.0.1:4410`; the protocol is below `/v2/`, the control API below
   * `/control/`.
   */
  readonly url: string;
  /**
   * Stops within moments. What was under way is taken up again from the state file, where there is
   * one.
   */
  close(): Promise<void>;
}

/**
 * Starts a bank. Rejects with an Error whose message says what to do when the port is taken or the
 * state file is damaged.
 *
 * @example
 * const bank = await startSandboxBank({ secretKey: 'sk_test' });
 * await fetch(`${bank.url}/control/customers`, { method: 'POST', body: '{"accounts":2}' });
 */
export async function startSandboxBank(options: SandboxBankOptions): Promise<SandboxBank> {
  const host = options.host ?? '127.0.0.1';
  let answer: Answerer | null = null;
  const server = createAdaptorServer({
    fetch: (request, bindings) =>
      answer?.(request, bindings as HttpBindings) ?? new Response(null, { status: 503 }),
  }) as Server;
  // First of all, so that a second bank started by mistake leaves the first one's file alone.
  const { port } = await listen(server, host, options.port ?? 0);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    const { bank, journal } = openBank(options, url);
    answer = answererFor(bank, options.onError ?? (() => undefined));
    return {
      url,
      async close() {
        bank.activity.close();
        bank.refreshJobs.close();
        await Promise.all([closeServer(server), bank.deliverer.close()]);
        journal?.close();
      },
    };
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

type Answerer = (request: Request, bindings: HttpBindings) => Response | Promise<Response>;

function openBank(
  options: SandboxBankOptions,
  url: string,
): { readonly bank: Bank; readonly journal: Journal | null } {
  const state = createState(options.seed ?? 'freshet');
  const journal = options.stateFile === undefined ? null : openJournal(options.stateFile, state);
  const world = createWorld(state, journal);
  const bank = createBank(world, options.secretKey, url);
  applyOptions(world, options);
  bank.refreshJobs.resume();
  bank.deliverer.resume();
  bank.activity.restart();
  return { bank, journal };
}

function answererFor(bank: Bank, onError: (error: unknown) => void): Answerer {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.route('/', createControlApp(bank, onError));
  app.route('/', createProtocolApp(bank));
  app.notFound((context) => context.json({ error: 'no such path' }, 404));
  app.onError((error, context) => {
    onError(error);
    return context.json({ status: 'error', message: 'The sandbox bank failed', data: null }, 500);
  });
  return (request, bindings) => app.fetch(request, bindings);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `Port ${port} on ${host} is taken; set FRESHET_SANDBOX_PORT to a free one ` +
                'or stop what listens there.',
              { cause: error },
            )
          : error,
      );
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

function applyOptions(world: World, options: SandboxBankOptions): void {
  const { settings } = world.state;
  const { processingMs, retryBaseMs, webhookTarget } = options;
  world.change(() =>
    world.apply({
      op: 'settings',
      settings: {
        ...settings,
        processingMs: processingMs ?? settings.processingMs,
        target: webhookTarget ?? settings.target,
        delivery: {
          ...settings.delivery,
          retryBaseMs: retryBaseMs ?? settings.delivery.retryBaseMs,
        },
      },
    }),
  );
}
