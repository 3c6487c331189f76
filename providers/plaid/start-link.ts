import { z } from 'zod';
import { InvalidLink, ProviderError } from '../errors.ts';
import type { JsonValue, LinkStart, LinkStarted, ProviderContext } from '../provider.ts';
import type { PlaidApi } from './api.ts';
import { itemOf } from './credentials.ts';
import { plaidError } from './errors.ts';
import { read, timestamp, token } from './fields.ts';
import { readLinkOptions, type LinkOptions } from './link-options.ts';
import type { PlaidSettings } from './settings.ts';

const created = z.object({
  link_token: token,
  expiration: timestamp,
  hosted_link_url: z.url().nullish().catch(null),
});

/**
 * Opens Hosted Link: a page of Plaid's, without any code of its own. For a connection it is Link's update
 * mode, which mends the Item and makes no new one. The session is named by its link token.
 */
export async function startLink(
  api: PlaidApi,
  settings: PlaidSettings,
  start: LinkStart,
  context: ProviderContext,
): Promise<LinkStarted> {
  const options = readLinkOptions(start.options);
  const body = {
    client_name: settings.clientName,
    language: options.language ?? settings.language,
    country_codes: [...(options.country_codes ?? settings.countryCodes)],
    // Name and e-mail address are not needed, and so are not given away.
    user: { client_user_id: start.customer.id },
    hosted_link: {
      ...(start.redirectUrl === null ? {} : { completion_redirect_uri: start.redirectUrl }),
      ...given('url_lifetime_seconds', options),
    },
    // For an Item that there is, Plaid keeps its own URL; the session's own webhooks may go here.
    ...(start.webhookUrl === null ? {} : { webhook: start.webhookUrl }),
    ...given('link_customization_name', options),
    ...given('additional_consented_products', options),
    ...(start.connection
      ? updateOf(itemOf(settings, start.connection).accessToken, options)
      : firstLink(settings, options)),
  };
  const create = { path: 'link/token/create', body, itemId: null };
  const { fields } = await api
    .post(create, context)
    .catch((error: unknown) => Promise.reject(orOptions(error, options)));
  const answer = read(created, { ...fields }, 'link');
  if (!answer.hosted_link_url) throw plaidError('config', 'hosted_link_missing');
  return {
    url: answer.hosted_link_url,
    providerSessionId: answer.link_token,
    expiresAt: answer.expiration,
  };
}

/** Where the operator gave options, what Plaid finds wrong with the fields is taken for theirs. */
function orOptions(error: unknown, options: LinkOptions): unknown {
  const isRefusal =
    error instanceof ProviderError &&
    (error.kind === 'bug' || error.kind === 'config') &&
    REFUSED.has(error.code);
  if (!isRefusal || Object.keys(options).length === 0) return error;
  return new InvalidLink('options', `are refused by Plaid: ${error.code.toUpperCase()}`);
}

const REFUSED = new Set([
  'invalid_field',
  'invalid_product',
  'product_not_enabled',
  'products_not_supported',
  'invalid_link_customization',
  'invalid_input',
  'invalid_request',
]);

function firstLink(settings: PlaidSettings, options: LinkOptions): { [key: string]: JsonValue } {
  return {
    products: options.products ?? ['transactions'],
    transactions: { days_requested: options.days_requested ?? settings.daysRequested },
  };
}

/** Plaid refuses products here. */
function updateOf(accessToken: string, options: LinkOptions): { [key: string]: JsonValue } {
  return {
    access_token: accessToken,
    ...(options.account_selection_enabled === undefined
      ? {}
      : { update: { account_selection_enabled: options.account_selection_enabled } }),
  };
}

function given(name: keyof LinkOptions, options: LinkOptions): { [key: string]: JsonValue } {
  const value = options[name];
  return value === undefined ? {} : { [name]: value };
}
