import { startSandboxBank, type SandboxBank } from '../../sandbox/start.ts';
import { randomBytes } from 'node:crypto';

export interface BankAccount {
  readonly id: string;
  readonly nuban: string;
  readonly name: string;
}

export interface BankCustomer {
  readonly customer: { readonly id: string; readonly name: string };
  readonly bank: { readonly id: string };
  readonly accounts: readonly BankAccount[];
}

/** What a perfectly fresh mirror of one account would hold. */
export interface Truth {
  readonly balance: { readonly ledger: string; readonly available: string };
  readonly transactions: readonly TruthTransaction[];
}

export interface TruthTransaction {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: 'pending' | 'posted';
  readonly description: string;
  readonly counterparty: string | null;
  readonly trans_date: string;
  readonly cleared_date: string | null;
  readonly running_balance: string;
}

/** The sandbox bank in this process, with its control API at hand. */
export interface TestBank {
  readonly url: string;
  readonly secretKey: string;
  readonly webhookToken: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers freely
  control(method: string, path: string, body?: unknown): Promise<any>;
  /** Has the bank break its protocol (see sandbox/control/faults.ts). Answers with what ends that. */
  fault(wanted: object): Promise<() => Promise<void>>;
  createCustomer(wanted: { accounts?: unknown; transactions?: number }): Promise<BankCustomer>;
  truth(accountId: string): Promise<Truth>;
  /** How often each endpoint of the protocol was called since the last `forgetCalls`. */
  calls(): Promise<Readonly<Record<string, number>>>;
  forgetCalls(): Promise<void>;
  sendWebhooksTo(apiUrl: string): Promise<void>;
  close(): Promise<void>;
}

export interface BankOptions {
  readonly retryBaseMs?: number;
  /**
   * How long an extraction takes: none when not given. Where it takes any, a sync takes a second, which
   * is how often the provider looks.
   */
  readonly processingMs?: number;
}

export async function startBank(options: BankOptions = {}): Promise<TestBank> {
  const secretKey = `sk_${randomBytes(12).toString('hex')}`;
  const webhookToken = `wt_${randomBytes(12).toString('hex')}`;
  const bank: SandboxBank = await startSandboxBank({
    secretKey,
    seed: 'tests',
    processingMs: options.processingMs ?? 0,
    retryBaseMs: options.retryBaseMs ?? 100,
  });

  const control: TestBank['control'] = async (method, path, body) => {
    const response = await fetch(`${bank.url}/control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    }
    return answer;
  };

  return {
    url: bank.url,
    secretKey,
    webhookToken,
    control,
    async fault(wanted) {
      const { fault } = await control('POST', '/faults', wanted);
      return async () => {
        await control('DELETE', `/faults/${fault.id}`);
      };
    },
    createCustomer: (wanted) => control('POST', '/customers', wanted),
    truth: (accountId) => control('GET', `/accounts/${accountId}/truth`),
    calls: async () => (await control('GET', '/calls')).by_endpoint,
    forgetCalls: () => control('DELETE', '/calls'),
    async sendWebhooksTo(apiUrl) {
      const target = { url: `${apiUrl}/webhooks/okra`, token: webhookToken };
      await control('PUT', '/webhooks/target', target);
    },
    close: () => bank.close(),
  };
}
