export type JsonCall = <T>(method: string, path: string, body?: unknown) => Promise<T>;

const TIMEOUT_MS = 30_000;

/**
 * Calls a JSON API. Numbers are not looked at here: amounts are strings in both APIs that the demo
 * uses.
 *
 * @throws with method, path, status and answer when it is not 2xx.
 */
export function createJsonClient(base: string, headers: Record<string, string> = {}): JsonCall {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  };
}
