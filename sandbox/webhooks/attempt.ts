import type { WebhookTarget } from '../institution/types.ts';

export type AttemptResult =
  | { readonly status: number; readonly error: null }
  | { readonly status: null; readonly error: string };

/**
 * Posts a body once. Anything but an answer, a refusal or a time-out included, is a result with an
 * error.
 */
export async function attempt(
  target: WebhookTarget,
  body: string,
  timeoutMs: number,
  closing: AbortSignal,
): Promise<AttemptResult> {
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'freshet-sandbox-bank',
        ...(target.token !== null && { authorization: `Bearer ${target.token}` }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    return { status: response.status, error: null };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    return { status: null, error: timedOut ? 'timed out' : 'could not connect' };
  }
}
