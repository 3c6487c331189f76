import { httpCall, type HttpReply } from '../http.ts';
import { isJsonObject, tryParseJson, type LosslessJson } from '../json.ts';
import type { CallContext, JsonValue, Timestamp } from '../provider.ts';
import { parseTimestamp } from '../timestamp.ts';
import { monoError, replyError, transportError, type Subject } from './errors.ts';
import { partsOf, type Parts } from './parts.ts';
import type { MonoSettings } from './settings.ts';

const BEAT_MS = 5_000;

export interface MonoAnswer {
  /** The envelope's `data`; the whole body where there is no envelope, as the exchange may answer. */
  readonly data: LosslessJson;
  readonly meta: Parts;
  /** Mono's clock as it answered; ours where it does not tell. */
  readonly at: Timestamp;
  readonly headers: Headers;
  /** Mono's own text of a part of `data`, byte for byte. */
  sourceOf(part: LosslessJson): string;
  /** Whether something in a part of `data` lay too deep to be read. */
  isCut(part: LosslessJson): boolean;
}

export interface MonoCall {
  readonly method: 'GET' | 'POST';
  /** Relative to the host, such as `v2/accounts/initiate`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly [key: string]: JsonValue };
  readonly subject: Subject;
  /** Has Mono ask the bank now, for which it charges. */
  readonly realTime?: boolean;
}

export interface MonoApi {
  /** Rejects with a `ProviderError`, or the reason of the context's signal. */
  call(call: MonoCall, context: CallContext): Promise<MonoAnswer>;
}

export function createMonoApi(settings: MonoSettings): MonoApi {
  return {
    async call({ method, path, query, body, subject, realTime = false }, context) {
      const url = new URL(path, settings.baseUrl);
      url.search = new URLSearchParams(query).toString();
      context.heartbeat();
      const beats = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        const reply = await httpCall({
          method,
          url,
          headers: {
            accept: 'application/json',
            'mono-sec-key': settings.secretKey,
            // As the guide spells it; the reference of the calls has `x-real-time`.
            ...(realTime && { 'x-realtime': 'true', 'x-real-time': 'true' }),
            ...(body && { 'content-type': 'application/json' }),
          },
          ...(body && { body: JSON.stringify(body) }),
          timeoutMs: settings.requestTimeoutMs,
          maxBytes: settings.maxBytes,
          signal: context.signal,
          failure: transportError,
        });
        context.heartbeat();
        return readReply(reply, subject);
      } finally {
        clearInterval(beats);
      }
    },
  };
}

/** The path of what an account has, such as its `balance`. */
export function accountPath(accountId: string, ...rest: readonly string[]): string {
  return ['v2/accounts', ...[accountId, ...rest].map(encodeURIComponent)].join('/');
}

function readReply(reply: HttpReply, subject: Subject): MonoAnswer {
  const document = tryParseJson(reply.text);
  const body = partsOf(document?.value);
  const { status } = body;
  if (reply.status < 200 || reply.status >= 300) {
    throw replyError(reply.status, subject, typeof status === 'string', reply.headers);
  }
  if (!document || !isJsonObject(document.value)) throw monoError('retry', 'response_malformed');
  if (typeof status === 'string' && /^(?:failed|error)$/i.test(status)) {
    throw monoError('retry', 'answered_with_error');
  }
  const { timestamp } = body;
  const told = typeof timestamp === 'string' ? parseTimestamp(timestamp) : null;
  return {
    data: body['data'] === undefined ? document.value : body['data'],
    meta: partsOf(body['meta']),
    at: told ?? new Date().toISOString(),
    headers: reply.headers,
    sourceOf: (part) => document.sourceOf(part) ?? JSON.stringify(part),
    isCut: (part) => document.isCut(part),
  };
}
