import { Agent, request } from 'node:http';
import { once } from 'node:events';

/** A request that the API has begun to read, and whose body it waits for. */
export interface BegunWebhook {
  /**
   * Sends the body; resolves with the answer, and what becomes of the connection after it. Rejects when the
   * connection breaks.
   */
  finish(): Promise<{ readonly status: number; readonly connection: string | undefined }>;
}

/**
 * Sends the head of a request, on a connection of its own that is meant for more of them, and waits
 * until the API asks for the rest.
 */
export async function beginWebhook(
  apiUrl: string,
  { body, token }: { readonly body: string; readonly token: string },
): Promise<BegunWebhook> {
  const agent = new Agent({ keepAlive: true });
  const begun = request(`${apiUrl}/webhooks/okra`, {
    method: 'POST',
    agent,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      Authorization: `Bearer ${token}`,
      Expect: '100-continue',
    },
  });
  begun.flushHeaders();
  await once(begun, 'continue');
  return {
    async finish() {
      const answered = once(begun, 'response');
      begun.end(body);
      const [response] = await answered;
      response.resume();
      await once(response, 'end');
      agent.destroy();
      return { status: response.statusCode, connection: response.headers.connection };
    },
  };
}
