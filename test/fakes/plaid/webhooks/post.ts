/** A webhook as a request, signed: to be sent as it is, twice, late, or altered. */
export interface SignedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function signedRequest(url: string, body: string, jwt: string): SignedRequest {
  return {
    url,
    headers: { 'content-type': 'application/json', 'plaid-verification': jwt },
    body,
  };
}

/** The HTTP status, or null when there was no answer in time. */
export async function postWebhook(
  { url, headers, body }: SignedRequest,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}
