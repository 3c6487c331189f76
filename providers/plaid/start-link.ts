import { z } from 'zod';
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
    ...given('link_customization_name', options),
    ...given('additional_consented_products', options),
    ...(start.connection
      ? updateOf(itemOf(settings, start.connection).accessToken, options)
      : firstLink(settings, start, options)),
  };
  const { fields } = await api.post({ path: 'link/token/create', body, itemId: null }, context);
  const answer = read(created, { ...fields }, 'link');
  if (!answer.hosted_link_url) throw plaidError('config', 'hosted_link_missing');
  return {
    url: answer.hosted_link_url,
    providerSessionId: answer.link_token,
    expiresAt: answer.expiration,
  };
}

function firstLink(
  settings: PlaidSettings,
  start: LinkStart,
  options: LinkOptions,
): { [key: string]: JsonValue } {
  return {
    products: options.products ?? ['transactions'],
    transactions: { days_requested: options.days_requested ?? settings.daysRequested },
    ...(start.webhookUrl === null ? {} : { webhook: start.webhookUrl }),
  };
}

/** Plaid ignores a webhook URL here, and refuses products. */
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
