import { createHmac, type KeyObject } from 'node:crypto';

/** What is signed: one attempt to deliver one event. */
export interface SignedMessage {
  /** Of the event: the same on every attempt. */
  readonly id: string;
  /** When this attempt is made, in unix seconds. */
  readonly timestamp: number;
  /** Exactly what is sent. */
  readonly body: string | Buffer;
}

/** Standard Webhooks. */
export type SignatureHeaders = Readonly<
  Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
>;

/**
 * Signs by Standard Webhooks, with each of the keys: while a secret is rotated, the old and the new one. A receiver
 * takes the message where one of the signatures is right. Keys come from `parseEndpointSecret`, once per secret.
 */
export function sign(message: SignedMessage, keys: readonly KeyObject[]): SignatureHeaders {
  const { id, body } = message;
  const timestamp = String(message.timestamp);
  const head = `${id}.${timestamp}.`;
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(head).update(body);
    return `v1,${hmac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
