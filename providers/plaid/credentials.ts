import { z } from 'zod';
import type { ConnectionRef, JsonValue } from '../provider.ts';
import { plaidError } from './errors.ts';
import type { PlaidSettings } from './settings.ts';

/** What a connection is: one Item. */
export interface PlaidItem {
  readonly accessToken: string;
  readonly itemId: string;
}

const credentials = z.object({
  access_token: z.string().min(1),
  item_id: z.string().min(1),
});

export function toCredentials({ accessToken, itemId }: PlaidItem): JsonValue {
  return { access_token: accessToken, item_id: itemId };
}

/**
 * Throws `config` `environment_wrong` where the token names another environment than the settings: Plaid
 * would call it invalid, and the connection would end on a mistake of configuration.
 */
export function itemOf(settings: PlaidSettings, ref: ConnectionRef): PlaidItem {
  const parsed = credentials.safeParse(ref.credentials);
  if (!parsed.success) throw plaidError('bug', 'credentials_malformed');
  const { access_token: accessToken, item_id: itemId } = parsed.data;
  if (isOfElsewhere(settings, accessToken)) throw plaidError('config', 'environment_wrong');
  return { accessToken, itemId };
}

/** By its documented form: `access-sandbox-…`, `public-production-…`. */
export function isOfElsewhere(settings: PlaidSettings, token: string): boolean {
  const [, environment] = /^(?:access|public)-(sandbox|development|production)-/.exec(token) ?? [];
  return settings.isPlaidsHost && environment !== undefined && environment !== settings.environment;
}
