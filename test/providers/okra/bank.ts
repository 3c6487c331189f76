import type { AccountRef, ConnectionRef, Provider } from '../../../providers/provider.ts';
import { createOkraProvider } from '../../../providers/okra/provider.ts';
import type { OkraConfig } from '../../../providers/okra/config.ts';
import { startWire, type Answer, type Wire } from '../wire.ts';

/** Ids are made up. */
export const CUSTOMER = '60c0ffee0000000000000001';
export const BANK = '60c0ffee0000000000000002';
export const ACCOUNT = '60c0ffee0000000000000003';
export const OTHER_ACCOUNT = '60c0ffee0000000000000004';
export const RECORD = '60c0ffee0000000000000005';
export const SECRET_KEY = 'sk-of-a-test';
export const WEBHOOK_TOKEN = 'wh-of-a-test';

export const connection: ConnectionRef = {
  providerConnectionId: `${CUSTOMER}:${BANK}`,
  credentials: { customer: CUSTOMER, bank: BANK },
};

export const account: AccountRef = { ...connection, providerAccountId: ACCOUNT };

export interface ScriptedBank extends AsyncDisposable {
  readonly wire: Wire;
  readonly provider: Provider;
  /** The paths called so far, without the base. */
  paths(): string[];
  /** The bodies sent so far to a path. */
  bodies(path: string): unknown[];
}

/** An okra provider that speaks to a server which answers as it is told. */
export async function startScriptedBank(
  answer: Answer,
  config: Partial<OkraConfig> = {},
): Promise<ScriptedBank> {
  const wire = await startWire(answer);
  const provider = createOkraProvider({
    baseUrl: `${wire.url}/v2`,
    secretKey: SECRET_KEY,
    webhookToken: WEBHOOK_TOKEN,
    callbackPollMs: 5,
    callbackTimeoutMs: 2_000,
    ...config,
  });
  return {
    wire,
    provider,
    paths: () => wire.requests.map(({ path }) => path.replace('/v2/', '')),
    bodies: (path) =>
      wire.requests
        .filter((request) => request.path === `/v2/${path}`)
        .map((request): unknown => JSON.parse(request.body)),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

/** A row as the protocol has it, with what `change` says. */
export function row(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    _id: 'tx-1',
    debit: null,
    credit: 1,
    trans_date: '2026-03-01T10:00:00.000Z',
    cleared_date: '2026-03-02T10:00:00.000Z',
    account: { _id: ACCOUNT, name: 'ADA EXAMPLE' },
    last_updated: '2026-03-02T10:00:00.000Z',
    ...change,
  };
}

export function success(data: unknown): { status: string; message: string; data: unknown } {
  return { status: 'success', message: 'Retrieved succesfully', data };
}

export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It was expected to reject');
    },
    (error: unknown) => error,
  );
}
