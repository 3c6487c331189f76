/** Why no complete, readable answer came. The names serve as error codes. */
export type TransportFailure =
  /** No answer: no route, refused, reset, or dropped before the headers. */
  | 'network_error'
  /** The whole call took longer than `timeoutMs`. */
  | 'timeout'
  /** The connection ended in the middle of the body. */
  | 'response_truncated'
  /** The body, decompressed, is larger than `maxBytes`. */
  | 'response_too_large'
  /** The body is not UTF-8. */
  | 'response_malformed';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole call, body included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Turns a failure into the provider's own error, which `httpCall` then rejects with. */
  failure(reason: TransportFailure): Error;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One HTTP call, without retries and without following redirects (a redirect would carry the
 * credentials elsewhere; it comes back as its 3xx status). Every status is a reply. Rejects with
 * what `failure` makes, or with the reason of `signal` when that aborts.
 */
export async function httpCall(call: HttpCall): Promise<HttpReply> {
  call.signal.throwIfAborted();
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  call.signal.addEventListener('abort', onAbort, { once: true });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop.abort();
  }, call.timeoutMs);
  const failed = (reason: TransportFailure): Error => {
    if (call.signal.aborted) return call.signal.reason as Error;
    return call.failure(timedOut ? 'timeout' : reason);
  };

  try {
    const response = await fetchHeaders(call, stop.signal, failed);
    const bytes = await readBody(response, call.maxBytes, failed);
    const text = decode(bytes, failed);
    return { status: response.status, headers: response.headers, text };
  } finally {
    clearTimeout(timer);
    call.signal.removeEventListener('abort', onAbort);
    // Frees the socket of an answer that was not read to its end; no effect on one that was.
    stop.abort();
  }
}

type Failed = (reason: TransportFailure) => Error;

async function fetchHeaders(
  call: HttpCall,
  signal: AbortSignal,
  failed: Failed,
): Promise<Response> {
  try {
    return await fetch(call.url, {
      method: call.method,
      headers: call.headers,
      body: call.body ?? null,
      redirect: 'manual',
      signal,
    });
  } catch {
    throw failed('network_error');
  }
}

async function readBody(
  response: Response,
  maxBytes: number,
  failed: Failed,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let tooLarge = false;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      tooLarge = size > maxBytes;
      if (tooLarge) break;
      chunks.push(chunk);
    }
  } catch {
    throw failed('response_truncated');
  }
  if (tooLarge) throw failed('response_too_large');
  return chunks;
}

function decode(chunks: readonly Uint8Array[], failed: Failed): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw failed('response_malformed');
  }
}
