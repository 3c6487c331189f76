import type { z } from 'zod';
import { hashLinkSession, sealLinkSession } from '../credentials/link-session.ts';
import { openCredentials } from '../credentials/open-credentials.ts';
import { findCredentials } from '../db/connections/find-credentials.ts';
import { newId } from '../db/connections/link-connection.ts';
import { createLinkSession, type NewLinkSession } from '../db/link-sessions/create-link-session.ts';
import type { ConnectionRef, JsonValue, LinkStart, Provider } from '../providers/provider.ts';
import type { ApiDeps } from './deps.ts';
import { connectionUnlinked, linkedConnection } from './find-connection.ts';
import { Problem } from './http/problem.ts';
import { providerCall } from './provider-call.ts';
import type { linkSessionRequest } from './schemas/link-session.ts';
import { toRefreshSettings } from './schemas/refresh-setting.ts';

type Request = z.output<ReturnType<typeof linkSessionRequest>>;

/** What is to be begun, of a request. */
interface Wanted {
  readonly provider: Hosting;
  readonly customer: LinkStart['customer'];
  readonly connection: ConnectionRef | null;
  readonly stored: Pick<NewLinkSession, 'connectionId' | 'reference' | 'settings' | 'newAccounts'>;
}

/** A provider that has a page of its own. */
type Hosting = Provider & Required<Pick<Provider, 'startLink'>>;

/**
 * Has the provider open its page for a customer, and a workflow wait for how it goes. Answers with the
 * session's id.
 */
export async function startLinkSession(deps: ApiDeps, request: Request): Promise<string> {
  const { db, keyRing, linkSessionWorkflows, logger, publicUrl } = deps;
  const wanted = request.connection_id
    ? await newLogin(deps, request.connection_id)
    : firstLink(deps, request);
  const { provider, customer, connection, stored } = wanted;
  const id = await newId(db);
  const started = await provider.startLink(
    {
      sessionId: id,
      customer,
      webhookUrl: publicUrl === null ? null : `${publicUrl}/webhooks/${provider.name}`,
      redirectUrl: request.redirect_url ?? null,
      options: request.options as JsonValue,
      connection,
    },
    providerCall(deps, provider.name, stored.connectionId),
  );
  const { url, providerSessionId, expiresAt } = started;
  await createLinkSession(db, {
    ...stored,
    id,
    provider: provider.name,
    sessionHash: hashLinkSession(providerSessionId),
    secret: sealLinkSession(keyRing, id, { providerSessionId, url }),
    expiresAt,
  });
  try {
    await linkSessionWorkflows.start({ id, provider: provider.name });
  } catch (err) {
    logger.warn({ err, linkSessionId: id }, 'workflow left to the reconciler');
  }
  return id;
}

function firstLink(deps: ApiDeps, request: Request): Wanted {
  const { customer, reference, refresh } = request;
  const provider = hosting(deps, request.provider ?? '');
  if (!provider || !customer) throw wrongProvider(deps);
  const { interval, products, webhookUrl } = toRefreshSettings(refresh);
  return {
    provider,
    customer: { id: customer.id, name: customer.name ?? null, email: customer.email ?? null },
    connection: null,
    stored: {
      connectionId: null,
      reference: reference ?? customer.id,
      settings: refresh === undefined ? null : { interval, products, webhook_url: webhookUrl },
      newAccounts: request.new_accounts ?? null,
    },
  };
}

async function newLogin(deps: ApiDeps, connectionId: string): Promise<Wanted> {
  const { db, keyRing } = deps;
  const { provider: name, reference } = await linkedConnection(db, connectionId);
  const provider = hosting(deps, name);
  if (!provider) throw withoutPage(deps, name);
  const consent = await findCredentials(db, connectionId);
  if (!consent) throw connectionUnlinked();
  return {
    provider,
    customer: { id: reference ?? connectionId, name: null, email: null },
    connection: {
      providerConnectionId: consent.provider_connection_id,
      credentials: openCredentials(keyRing, consent),
    },
    stored: { connectionId, reference, settings: null, newAccounts: null },
  };
}

function hosting({ providers }: ApiDeps, name: string): Hosting | null {
  const provider = providers.get(name);
  return provider?.capabilities.hostedLink && provider.startLink ? (provider as Hosting) : null;
}

function allowedProviders(deps: ApiDeps): string[] {
  return deps.providers.names.filter((name) => hosting(deps, name) !== null);
}

function wrongProvider(deps: ApiDeps): Problem {
  const allowed = allowedProviders(deps);
  const names = allowed.join(', ') || 'there is none';
  const message = `must be a configured provider that has a page of its own: ${names}`;
  const errors = [{ field: 'provider', message, allowed }];
  return new Problem(400, 'invalid_request', `provider: ${message}`, { errors });
}

function withoutPage(deps: ApiDeps, provider: string): Problem {
  const detail = `The provider ${provider} is not configured, or has no page of its own. Have the customer log in by its link flow, then POST /v1/connections/:id/reauthorized.`;
  const message = 'must be of a provider that has a page of its own';
  const errors = [{ field: 'connection_id', message, allowed: allowedProviders(deps) }];
  return new Problem(409, 'no_link_page', detail, { errors });
}
