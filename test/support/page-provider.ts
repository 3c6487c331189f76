import { InvalidLink, ProviderError, type ProviderErrorKind } from '../../providers/errors.ts';
import type { JsonValue, LinkedConnection, Provider } from '../../providers/provider.ts';

/** What a script answers to a call: a result, or an error. */
export type Scripted =
  | { readonly result: unknown }
  | { readonly error: { readonly kind: ProviderErrorKind; readonly code: string } }
  | { readonly invalid: { readonly field: string; readonly message: string } };

export const PAGE_PROVIDER = 'paged';

export const PAGE_SECRET = 'webhooks of the page';

/**
 * A provider with a page of its own, whose answers a test writes: each call goes to `scriptUrl`, whatever process it is
 * made in. Its webhooks are their own translation.
 */
export function createPageProvider(scriptUrl: string, tellsConsent = false): Provider {
  async function call<T>(method: string, input: JsonValue, signal: AbortSignal): Promise<T> {
    const body = JSON.stringify({ method, input });
    const answer = await fetch(scriptUrl, { method: 'POST', body, signal }).catch(() => {
      throw new ProviderError(PAGE_PROVIDER, 'retry', 'unreachable');
    });
    const scripted = (await answer.json()) as Scripted;
    if ('result' in scripted) return scripted.result as T;
    if ('invalid' in scripted) throw new InvalidLink(scripted.invalid.field, 'is not valid');
    throw new ProviderError(PAGE_PROVIDER, scripted.error.kind, scripted.error.code);
  }

  return {
    name: PAGE_PROVIDER,
    capabilities: {
      webhooks: { balance: 'none', transaction: 'none' },
      transactions: 'cursor',
      refreshOnDemand: { balance: 'never', transaction: 'never' },
      smallestIntervalMs: null,
      callsPerDay: null,
      longestWindowDays: null,
      consentExpires: false,
      tellsConsent,
      hostedLink: true,
    },
    link: (input, { signal }) => call<LinkedConnection>('link', input, signal),
    startLink: (start, { signal }) =>
      call('startLink', { ...start } as unknown as JsonValue, signal),
    readLink: (session, { signal }) => call('readLink', session, signal),
    listAccounts: ({ providerConnectionId }, { signal }) =>
      call('listAccounts', providerConnectionId, signal),
    fetchBalance: ({ providerAccountId }, _options, { signal }) =>
      call('fetchBalance', providerAccountId, signal),
    async *fetchTransactions() {
      yield* [];
      return { cursor: 'end', complete: null, dataAsOf: new Date().toISOString() };
    },
    unlink: ({ providerConnectionId }, { signal }) => call('unlink', providerConnectionId, signal),
    verifyWebhook: ({ headers }) => Promise.resolve(headers['x-secret'] === PAGE_SECRET),
    translateWebhook: (body) => JSON.parse(Buffer.from(body).toString()),
  };
}
