import type { Logger } from '../../config/logger.ts';
import { PosterClosed, type EventPoster } from '../../events/post-event.ts';
import { renderEvent } from '../../events/render-event.ts';
import { sign } from '../../events/sign.ts';
import type { DueDelivery } from '../../db/deliveries/find-due.ts';
import type { EventContents } from '../../db/events/load-contents.ts';
import type { OpenEndpoint } from './endpoint-session.ts';

/** The `errorCode` where the receiver has no part in it. */
export const OUR_MISTAKE = 'internal';

export interface AttemptOutcome {
  /** Of the answer; null: there was none. */
  readonly statusCode: number | null;
  readonly errorCode: string | null;
  /** What the answer asked for. */
  readonly retryAfterMs: number | null;
  readonly latencyMs: number;
  readonly responseStart: string | null;
}

/**
 * Posts an event once, as it stands now. The same id goes with every attempt, a new time and signature.
 * A mistake of ours in one event fails that one, and keeps none from being sent. Rejects with
 * `PosterClosed` where the worker ends before it has.
 */
export async function attemptDelivery(
  { poster, logger }: { readonly poster: EventPoster; readonly logger: Logger },
  delivery: DueDelivery,
  contents: EventContents,
  { id: endpointId, url, payload, keys }: OpenEndpoint,
): Promise<AttemptOutcome> {
  try {
    const body = JSON.stringify(renderEvent(delivery, payload, contents));
    const timestamp = Math.floor(Date.now() / 1_000);
    const headers = sign({ id: delivery.id, timestamp, body }, keys);
    const { status, responseStart, ...outcome } = await poster.post({
      url,
      of: endpointId,
      headers,
      body,
    });
    return { ...outcome, statusCode: status, responseStart: responseStart || null };
  } catch (err) {
    if (err instanceof PosterClosed) throw err;
    logger.error({ err, endpointId, eventId: delivery.id }, 'event cannot be sent');
    const nothing = { statusCode: null, retryAfterMs: null, latencyMs: 0, responseStart: null };
    return { ...nothing, errorCode: OUR_MISTAKE };
  }
}
