import { httpCall } from '../http.ts';
import type { ProviderCheck } from '../provider.ts';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 1024 * 1024;

/**
 * Whether `<publicUrl>/webhooks/<provider>` reaches a Freshet that has the provider: a webhook without a proof is
 * sent there, which is refused in a way that only Freshet's API does. It shows among the refused ones.
 */
export async function checkWebhookUrl(
  provider: string,
  publicUrl: string | undefined,
): Promise<readonly ProviderCheck[]> {
  if (publicUrl === undefined) {
    const text =
      'FRESHET_PUBLIC_URL is not set: without it the provider is told no webhook URL, and none can be checked';
    return [{ ok: false, text }];
  }
  const url = `${publicUrl}/webhooks/${provider}`;
  const checks: ProviderCheck[] = [];
  if (!url.startsWith('https://')) {
    checks.push({ ok: false, text: `${url} is not https: what it carries can be read on the way` });
  }
  return [...checks, await reach(url, provider)];
}

async function reach(url: string, provider: string): Promise<ProviderCheck> {
  let status: number;
  let code: string | null;
  try {
    const reply = await httpCall({
      method: 'POST',
      url: new URL(url),
      headers: { 'content-type': 'application/json' },
      body: '{}',
      timeoutMs: TIMEOUT_MS,
      maxBytes: MOST_BYTES,
      signal: new AbortController().signal,
      failure: (reason) => new Error(reason),
    });
    status = reply.status;
    code = codeOf(reply.text);
  } catch {
    const text = `${url} does not answer from here: is Freshet running, and is the name right?`;
    return { ok: false, text };
  }
  if (status === 401 && code === 'webhook_not_verified') {
    return {
      ok: true,
      text: `${url} reaches Freshet, which refuses what does not prove its origin`,
    };
  }
  if (status === 403 && code === 'sender_not_allowed') {
    return {
      ok: true,
      text: `${url} reaches Freshet, which takes webhooks from listed senders only, and this machine is none`,
    };
  }
  if (status === 404 && code === 'not_found') {
    return { ok: false, text: `${url} reaches a Freshet in which ${provider} is not configured` };
  }
  return {
    ok: false,
    text: `${url} answers ${status}, which is not Freshet: something else is there, or in between`,
  };
}

function codeOf(text: string): string | null {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}
