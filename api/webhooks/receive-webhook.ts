import type { Readable } from 'node:stream';
import type { IpAddress } from '../../config/ip-address.ts';
import type { IpRanges } from '../../config/ip-ranges.ts';
import type { Logger } from '../../config/logger.ts';
import type { RejectionReason } from '../../db/schema.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { Provider, WebhookRequest } from '../../providers/provider.ts';
import { Problem } from '../http/problem.ts';
import { isPlainJson } from './content-type.ts';
import type { WebhookDoor } from './door.ts';
import { findSender } from './find-sender.ts';
import type { WebhookIntake } from './intake.ts';
import { Overloaded } from './overloaded.ts';
import { readBody } from './read-body.ts';

export const MOST_BYTES = 1024 * 1024;
/** A body of a stranger's that is larger is not kept. */
const SAMPLED_BYTES = 16 * 1024;

export interface WebhookArrival {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** The address at the other end of the connection. */
  readonly peer: string | undefined;
}

/** Takes a webhook in. When this resolves it is durable; else it rejects with what is to be answered. */
export type ReceiveWebhook = (provider: Provider, arrival: WebhookArrival) => Promise<void>;

/** What is known by the headers alone is refused before the body is read. */
export function createReceiveWebhook(deps: {
  readonly door: WebhookDoor;
  readonly intake: WebhookIntake;
  readonly logger: Logger;
}): ReceiveWebhook {
  const { door, intake, logger } = deps;

  async function take(provider: Provider, arrival: WebhookArrival): Promise<string | null> {
    const { headers } = arrival;
    const { senders, trustedProxies } = door.senders;
    const senderOf = () => findSender(arrival.peer, headers['x-forwarded-for'], trustedProxies);
    const reject = (reason: RejectionReason, body: Uint8Array = new Uint8Array(0)): Problem => {
      const { name } = provider;
      door.log.note(`${name} ${reason}`, (count) =>
        logger.warn({ provider: name, reason, count }, 'webhooks refused'),
      );
      door.samples.keep({
        provider: name,
        reason,
        sender: senderOf()?.text ?? null,
        headers,
        body,
      });
      return PROBLEMS[reason]();
    };

    const allowed = senders.get(provider.name);
    if (allowed && !isOf(allowed, senderOf())) throw reject('sender_not_allowed');
    if (!isPlainJson(headers['content-type'], headers['content-encoding'])) {
      throw reject('wrong_content_type');
    }
    const length = headers['content-length'];
    const announcedBytes = length === undefined ? undefined : Number(length);
    // What a stranger sends takes memory only where it is little, for the sample.
    const isLarge = announcedBytes === undefined || announcedBytes > SAMPLED_BYTES;
    const refusal =
      isLarge && provider.isRefusedByHeaders?.(headers) ? reject('not_verified') : undefined;
    const lease = door.budget.lease();
    try {
      const body = await readBody(arrival.body, {
        announcedBytes,
        refusal,
        mostBytes: MOST_BYTES,
        timeoutMs: door.bodyTimeoutMs,
        lease,
      });
      if (!(await isProven(provider, { headers, body }))) throw reject('not_verified', body);
      const accepted = await intake.accept(provider, body);
      logger.debug({ provider: provider.name, ...accepted }, 'webhook stored');
      return accepted.webhookId;
    } finally {
      lease.end();
    }
  }

  return async (provider, arrival) => {
    const started = performance.now();
    try {
      const stored = (await take(provider, arrival)) === null ? 'duplicate' : 'stored';
      door.metrics.acknowledged(provider.name, stored, (performance.now() - started) / 1_000);
    } catch (error) {
      door.metrics.refused(provider.name, outcomeOf(error));
      throw error;
    }
  };
}

/** Where the proof cannot be checked now, as its key cannot be fetched, the sender is asked to come again. */
async function isProven(provider: Provider, request: WebhookRequest): Promise<boolean> {
  try {
    return await provider.verifyWebhook(request);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const detail = `The proof of origin cannot be checked now: ${error.code}.`;
    throw new Problem(503, 'proof_not_checked', detail, { retryAfterSeconds: 30 });
  }
}

/** The code of the answer, where it is known here. */
function outcomeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  return error instanceof Overloaded ? 'overloaded' : 'unavailable';
}

const isOf = (ranges: IpRanges, sender: IpAddress | null): boolean =>
  sender !== null && ranges.includes(sender);

const PROBLEMS = {
  sender_not_allowed: () =>
    new Problem(403, 'sender_not_allowed', 'Webhooks are not taken from this address.'),
  wrong_content_type: () =>
    new Problem(415, 'unsupported_media_type', 'Send JSON in UTF-8, as it is: application/json.'),
  not_verified: () =>
    new Problem(401, 'webhook_not_verified', 'The proof of origin is missing or wrong.'),
} as const satisfies Record<RejectionReason, () => Problem>;
