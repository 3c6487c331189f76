import { z } from 'zod';
import { InvalidLink, ProviderError } from '../errors.ts';
import type { CallContext, JsonValue, LinkedConnection } from '../provider.ts';
import { readAccounts, type BankAccounts } from './accounts.ts';
import type { OkraApi } from './api.ts';
import { connectionId, type OkraConnection } from './connection.ts';

const ID_RULE = 'must be an id of 1 to 64 letters, digits, hyphens or underscores';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const linkInput = z.strictObject({ customer: id, bank: id });

/** Which errors of the read are the caller's, by their codes. */
const FAULTS: Readonly<Record<string, string>> = {
  account_unknown: 'The bank knows no such customer',
  consent_withdrawn: 'This customer has withdrawn the consent',
  http_400: 'The bank refuses this as a customer id',
};

/**
 * Turns the widget's customer and bank ids into a connection, once the bank confirms that it has
 * accounts for them.
 */
export async function link(
  api: OkraApi,
  pageSize: number,
  input: JsonValue,
  context: CallContext,
): Promise<LinkedConnection> {
  const connection = readInput(input);
  const { accounts, bankName } = await accountsOf(api, pageSize, connection, context);
  if (accounts.length === 0) {
    throw new InvalidLink('link.bank', 'This customer has linked no account at this bank');
  }
  return {
    providerConnectionId: connectionId(connection),
    credentials: { customer: connection.customer, bank: connection.bank },
    institutionId: connection.bank,
    institutionName: bankName,
    consentExpiresAt: null,
  };
}

function readInput(input: JsonValue): OkraConnection {
  const parsed = linkInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    throw new InvalidLink(`link.${issue.keys[0]}`, 'is not known here; give customer and bank');
  }
  const field = issue?.path[0];
  if (field === undefined) {
    throw new InvalidLink('link', 'must be an object with customer and bank');
  }
  throw new InvalidLink(`link.${String(field)}`, ID_RULE);
}

async function accountsOf(
  api: OkraApi,
  pageSize: number,
  connection: OkraConnection,
  context: CallContext,
): Promise<BankAccounts> {
  try {
    return await readAccounts(api, pageSize, connection, context);
  } catch (error) {
    const fault = error instanceof ProviderError ? FAULTS[error.code] : undefined;
    if (fault !== undefined) throw new InvalidLink('link.customer', fault);
    throw error;
  }
}
