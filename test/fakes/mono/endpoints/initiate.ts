import { iso } from '../clock.ts';
import type { Fake } from '../fake.ts';
import { newId, newLinkName } from '../ids.ts';
import { isObject, type JsonObject } from '../json.ts';
import type { Account, Link } from '../types.ts';
import { badRequest, noSuchAccount } from '../wire/api-error.ts';
import type { Answer } from '../wire/envelope.ts';
import type { Handle } from './handle.ts';

/**
 * POST /v2/accounts/initiate: a page for the user, to link an account (docs/financial-data/
 * connect-link) or to log in again (docs/financial-data/reauth-link).
 */
export const initiate: Handle = (fake, { body }) => {
  if (!isObject(body)) throw badRequest('The body must be JSON');
  if (body['scope'] === 'auth') return answer(fake, linkFor(fake, body), null);
  if (body['scope'] !== 'reauth') throw badRequest('"scope" must be one of [auth, reauth]');
  const account = fake.world.accounts.get(text(body['account']) ?? '');
  if (account?.linked !== true) throw noSuchAccount();
  return answer(fake, reauthFor(account, body), account);
};

function linkFor(fake: Fake, body: JsonObject): Link {
  const redirectUrl = text(body['redirect_url']);
  if (redirectUrl === null) throw badRequest('"redirect_url" is required');
  return { ...page(body), scope: 'auth', customerId: customerOf(fake, body), accountId: null };
}

function reauthFor({ id, customerId }: Account, body: JsonObject): Link {
  return { ...page(body), scope: 'reauth', customerId, accountId: id };
}

/** A known customer by `id`, or a new one by `name` and `email`. */
function customerOf({ world }: Fake, body: JsonObject): string {
  const customer = isObject(body['customer']) ? body['customer'] : {};
  const known = text(customer['id']);
  if (known !== null) {
    if (!world.customers.has(known)) throw badRequest('The customer does not exist');
    return known;
  }
  const name = text(customer['name']);
  const email = text(customer['email']);
  if (name === null || email === null) {
    throw badRequest('"customer.name" and "customer.email" are required');
  }
  const id = newId();
  world.customers.set(id, { id, name, email });
  return id;
}

function page(body: JsonObject): Pick<Link, 'url' | 'ref' | 'redirectUrl'> {
  const meta = isObject(body['meta']) ? body['meta'] : {};
  return {
    url: `https://link.mono.co/${newLinkName()}`,
    ref: text(meta['ref']),
    redirectUrl: text(body['redirect_url']),
  };
}

function answer({ world }: Fake, link: Link, account: Account | null): Answer {
  world.links.set(link.url, link);
  return {
    data: {
      mono_url: link.url,
      customer: link.customerId,
      ...(account !== null && { account: account.id }),
      meta: { ...(link.ref !== null && { ref: link.ref }) },
      scope: link.scope,
      ...(account !== null && {
        institution: account.institution.id,
        auth_method: account.authMethod,
      }),
      ...(link.redirectUrl !== null && { redirect_url: link.redirectUrl }),
      created_at: iso(world.now()),
    },
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
