import { accountEndpoints } from './accounts.ts';
import { balanceEndpoints } from './balance.ts';
import { bankEndpoints } from './banks.ts';
import { callbackEndpoints } from './callback.ts';
import { customerEndpoints } from './customers.ts';
import type { Endpoint } from './endpoint.ts';
import { recordEndpoints } from './records.ts';
import { refreshEndpoints } from './refresh.ts';
import { transactionEndpoints } from './transactions.ts';

const endpoints: readonly Endpoint[] = [
  ...accountEndpoints,
  ...balanceEndpoints,
  ...transactionEndpoints,
  ...refreshEndpoints,
  ...callbackEndpoints,
  ...bankEndpoints,
  ...customerEndpoints,
  ...recordEndpoints,
];

const byPath = new Map(endpoints.flatMap((each) => pathsOf(each.name).map((path) => [path, each])));

/** The names that a fault or a filter can be about. */
export const endpointNames: readonly string[] = endpoints.map(({ name }) => name);

/** Both spellings of the sandbox's base, and that of production. The longer come first. */
const PREFIXES = ['/v2/sandbox', '/sandbox/v2', '/v2'];

/**
 * Finds the endpoint of a path such as `/v2/sandbox/transaction/getById`. Null: no path of the
 * protocol.
 */
export function route(
  path: string,
): { readonly prefix: string; readonly rest: string; readonly found: Endpoint | undefined } | null {
  const prefix = PREFIXES.find((start) => path === start || path.startsWith(`${start}/`));
  if (prefix === undefined) return null;
  const rest = path.slice(prefix.length + 1);
  return { prefix, rest, found: byPath.get(rest) };
}

/** The SDK of 2021 says `transaction/…` where later ones say `transactions/…`. */
function pathsOf(name: string): string[] {
  if (name.startsWith('transactions/'))
    return [name, name.replace('transactions/', 'transaction/')];
  if (name === 'products/records/get') return [name, 'records/get'];
  return [name];
}
