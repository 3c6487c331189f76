import type { CallContext, ProviderBalance } from '../provider.ts';
import type { MonoApi } from './api.ts';
import { availabilityOf, refuseMissing } from './data-status.ts';
import { readDetails } from './details.ts';
import { monoError } from './errors.ts';
import { isNothing, toBalance } from './transform/balance.ts';

/**
 * The balance that Mono holds, out of the account's details: only there does it come together with what tells
 * whether it is one. Of when it is, Mono does not say: it is taken for what was held when Mono answered, by
 * its own clock, by which the webhooks are dated too.
 */
export async function readBalance(
  api: MonoApi,
  providerAccountId: string,
  context: CallContext,
): Promise<ProviderBalance> {
  const { account, meta, answer } = await readDetails(api, providerAccountId, context);
  const availability = availabilityOf('balance', meta);
  refuseMissing('balance', availability);
  if (answer.isCut(account)) throw monoError('bug', 'balance_too_deep');
  const source = { providerAccountId, dataAsOf: answer.at, raw: answer.sourceOf(account) };
  const balance = toBalance(account, source);
  if (availability === 'unsure' && isNothing(balance)) throw monoError('retry', 'balance_unsure');
  return balance;
}
