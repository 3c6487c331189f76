import { z } from 'zod';
import { httpCall, type HttpReply } from '../http.ts';
import { isJsonObject, tryParseJson, type LosslessJson } from '../json.ts';
import type { CallContext } from '../provider.ts';
import type { OkraSettings } from './config.ts';
import { okraError, replyError, transportError } from './errors.ts';

const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/** The `data` of a successful answer. */
export interface OkraData {
  readonly fields: { readonly [key: string]: LosslessJson };
  /** The bank's own text of a part of `fields`, byte for byte. */
  sourceOf(part: LosslessJson): string;
  /** Whether something in a part of `fields` lay too deep to be read. */
  isCut(part: LosslessJson): boolean;
}

export interface OkraApi {
  /** `path` is relative to the base URL, such as `balance/getByAccount`. */
  post(
    path: string,
    body: Readonly<Record<string, string>>,
    context: CallContext,
  ): Promise<OkraData>;
  /**
   * Looks at a refresh. The URL is the bank's; it must lie on the base URL's origin, since the key
   * goes with it.
   */
  callback(url: string, context: CallContext): Promise<OkraData>;
}

const envelope = z.looseObject({
  status: z.unknown().optional(),
  type: z.string().nullish().catch(null),
});

export function createOkraApi(settings: OkraSettings): OkraApi {
  async function call(
    method: 'GET' | 'POST',
    url: URL,
    body: string | undefined,
    context: CallContext,
  ): Promise<OkraData> {
    context.heartbeat();
    const reply = await httpCall({
      method,
      url,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${settings.secretKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      timeoutMs: settings.requestTimeoutMs,
      maxBytes: MAX_RESPONSE_BYTES,
      signal: context.signal,
      failure: transportError,
    });
    context.heartbeat();
    return readReply(reply);
  }

  return {
    post: (path, body, context) =>
      call('POST', new URL(path, settings.baseUrl), JSON.stringify(body), context),
    async callback(text, context) {
      const url = URL.parse(text);
      if (url?.origin !== settings.baseUrl.origin) {
        throw okraError('config', 'callback_url_elsewhere');
      }
      return call('GET', url, undefined, context);
    },
  };
}

function readReply(reply: HttpReply): OkraData {
  const document = tryParseJson(reply.text);
  const body = envelope.safeParse(document?.value);
  const succeeded = reply.status >= 200 && reply.status < 300;
  const saysError = body.success && (body.data.status === 'error' || body.data.status === false);
  if (!succeeded || saysError) {
    throw replyError(reply.status, body.data?.type ?? null, reply.headers);
  }
  if (!document || !body.success) throw okraError('retry', 'response_malformed');
  return {
    fields: dataOf(document.value),
    sourceOf: (part) => document.sourceOf(part) ?? JSON.stringify(part),
    isCut: (part) => document.isCut(part),
  };
}

/**
 * Some answers nest `data` in `data`; the vendor's SDK unwraps it, and so do we. The outer one may
 * hold the pagination.
 */
function dataOf(body: LosslessJson): { [key: string]: LosslessJson } {
  const outer = objectOr(objectOr(body)['data']);
  const inner = outer['data'];
  return isJsonObject(inner) ? { ...outer, ...inner } : outer;
}

function objectOr(value: LosslessJson | undefined): { [key: string]: LosslessJson } {
  return isJsonObject(value) ? value : {};
}
