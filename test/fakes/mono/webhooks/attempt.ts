/** A webhook as it goes over the wire. */
export interface WebhookRequest {
  readonly event: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Attempt {
  readonly request: WebhookRequest;
  /** Null when there was no answer. */
  readonly status: number | null;
}

/** Posts a webhook once. A refusal or a time-out is an attempt without a status. */
export async function attempt(request: WebhookRequest, closing: AbortSignal): Promise<Attempt> {
  const { url, headers, body } = request;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(10_000)]),
    });
    await response.body?.cancel();
    return { request, status: response.status };
  } catch {
    return { request, status: null };
  }
}
