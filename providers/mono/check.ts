import type { CallContext, ProviderCheck } from '../provider.ts';
import type { MonoApi } from './api.ts';
import type { MonoSettings } from './settings.ts';

/** The list of institutions needs the key, and is of no account. Rejects where Mono does not take it. */
export async function check(
  api: MonoApi,
  settings: MonoSettings,
  context: CallContext,
): Promise<readonly ProviderCheck[]> {
  const query = { scope: 'financial_data' };
  const call = { method: 'GET', path: 'v3/institutions', query, subject: 'service' } as const;
  await api.call(call, context);
  return [
    { ok: true, text: `Mono takes the ${kindOf(settings.secretKey)}secret key` },
    {
      ok: true,
      text: 'whether the webhook secret is the one of Mono’s dashboard shows with the first webhook: a wrong one is refused with 401',
    },
  ];
}

/** By its documented form, `test_sk_…` or `live_sk_…`. */
function kindOf(key: string): string {
  if (key.startsWith('test_')) return 'test ';
  return key.startsWith('live_') ? 'live ' : '';
}
