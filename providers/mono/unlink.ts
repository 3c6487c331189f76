import { ProviderError } from '../errors.ts';
import type { CallContext, ConnectionRef } from '../provider.ts';
import { accountPath, type MonoApi } from './api.ts';

/** `POST /v2/accounts/{id}/unlink`. What is not there has ended already. */
export async function unlink(
  api: MonoApi,
  { providerConnectionId }: ConnectionRef,
  context: CallContext,
): Promise<void> {
  const path = accountPath(providerConnectionId, 'unlink');
  try {
    await api.call({ method: 'POST', path, subject: 'account' }, context);
  } catch (error) {
    if (!(error instanceof ProviderError && error.kind === 'gone')) throw error;
  }
}
