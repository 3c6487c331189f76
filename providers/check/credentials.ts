import { providerVariable } from '../../config/provider-variable.ts';
import type { ProviderDefinition } from '../definition.ts';
import { ProviderError } from '../errors.ts';
import type { Provider, ProviderCheck } from '../provider.ts';
import { unmetered } from '../unmetered.ts';

const TIMEOUT_MS = 30_000;

/** Whether the provider takes the credentials. It is asked for nothing of any account. */
export async function checkCredentials(
  { name, required }: ProviderDefinition,
  provider: Provider | undefined,
): Promise<readonly ProviderCheck[]> {
  if (!provider) {
    const variables = Object.keys(required).map((key) => providerVariable(name, key));
    return [{ ok: false, text: `${name} is not configured: set ${variables.join(', ')}` }];
  }
  if (!provider.check) {
    return [
      { ok: true, text: `${name} is configured; it has no call that only checks credentials` },
    ];
  }
  try {
    return await provider.check(unmetered(AbortSignal.timeout(TIMEOUT_MS)));
  } catch (error) {
    return [{ ok: false, text: explain(name, error) }];
  }
}

function explain(name: string, error: unknown): string {
  if (!(error instanceof ProviderError)) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? `${name} did not answer within 30 seconds`
      : `${name} could not be asked: something is wrong in Freshet, which says nothing of the credentials`;
  }
  const { kind, code } = error;
  if (kind === 'config') return `${name} refuses these credentials or settings (${code})`;
  if (kind === 'retry') return `${name} cannot be reached, or is down (${code}): try again later`;
  return `${name} answered in a way that was not expected (${code})`;
}
