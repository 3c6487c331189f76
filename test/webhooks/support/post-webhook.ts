export interface WebhookAnswer {
  /** Null where there was none: nobody listens, the connection broke, or it took too long. */
  readonly status: number | null;
  readonly retryAfter: string | null;
  readonly body: string;
}

/** Posts a webhook once, as the sandbox bank does. */
export async function postWebhook(
  apiUrl: string,
  { body, token, timeoutMs = 5_000 }: { body: string; token: string; timeoutMs?: number },
): Promise<WebhookAnswer> {
  try {
    const response = await fetch(`${apiUrl}/webhooks/okra`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const retryAfter = response.headers.get('retry-after');
    return { status: response.status, retryAfter, body: await response.text() };
  } catch (error) {
    return { status: null, retryAfter: null, body: (error as Error).name };
  }
}
