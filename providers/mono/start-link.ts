import { z } from 'zod';
import { InvalidLink, ProviderError } from '../errors.ts';
import type { CallContext, JsonValue, LinkStart, LinkStarted } from '../provider.ts';
import type { MonoApi } from './api.ts';
import { monoError } from './errors.ts';
import { id } from './fields.ts';
import { partsOf } from './parts.ts';
import type { MonoSettings } from './settings.ts';

/** Mono does not say how long its page can be opened. */
const OPEN_FOR_MS = 24 * 60 * 60_000;

const options = z.strictObject({ customer: id.optional() }).nullable();

const REFUSED = new Set(['http_400', 'consent_ended', 'endpoint_unknown']);

type Body = { readonly [key: string]: JsonValue };

/**
 * `POST /v2/accounts/initiate`, of the scope `auth` or, for a connection, `reauth`. `meta.ref` comes back in the
 * webhooks, and names the session. Where these go is set up at Mono, and not here.
 */
export async function startLink(
  api: MonoApi,
  settings: MonoSettings,
  start: LinkStart,
  context: CallContext,
): Promise<LinkStarted> {
  const read = options.safeParse(start.options ?? null);
  if (!read.success)
    throw new InvalidLink('options', 'may have customer, an id of Mono’s: no more');
  const redirectUrl = start.redirectUrl ?? settings.redirectUrl;
  const body: Body = {
    ...(start.connection
      ? { scope: 'reauth', account: start.connection.providerConnectionId }
      : firstLink(start, read.data?.customer, redirectUrl)),
    meta: { ref: start.sessionId },
    ...(redirectUrl !== null && { redirect_url: redirectUrl }),
  };
  const subject = start.connection ? 'account' : 'service';
  const call = { method: 'POST', path: 'v2/accounts/initiate', body, subject } as const;
  const known = start.connection ? undefined : read.data?.customer;
  const { data } = await api.call(call, context).catch((error: unknown) => {
    if (known === undefined || !(error instanceof ProviderError) || !REFUSED.has(error.code))
      throw error;
    throw new InvalidLink('options.customer', 'is no customer that Mono knows');
  });
  const { mono_url: url } = partsOf(data);
  if (typeof url !== 'string' || !URL.canParse(url)) throw monoError('bug', 'invalid_mono_url');
  return {
    url,
    providerSessionId: start.sessionId,
    expiresAt: new Date(Date.now() + OPEN_FOR_MS).toISOString(),
  };
}

function firstLink(
  { customer }: LinkStart,
  known: string | undefined,
  redirectUrl: string | null,
): Body {
  if (redirectUrl === null) {
    throw new InvalidLink('redirect_url', 'is needed: Mono opens no page without one');
  }
  if (known !== undefined) return { scope: 'auth', customer: { id: known } };
  const { name, email } = customer;
  if (name === null) throw new InvalidLink('customer.name', 'is needed: Mono asks for it');
  if (email === null) throw new InvalidLink('customer.email', 'is needed: Mono asks for it');
  return { scope: 'auth', customer: { name, email } };
}
