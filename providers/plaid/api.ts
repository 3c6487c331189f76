import { httpCall, type HttpReply } from '../http.ts';
import { isJsonObject, tryParseJson, type LosslessJson } from '../json.ts';
import type { JsonValue, ProviderContext } from '../provider.ts';
import { takeCall } from './budgets.ts';
import { errorParts, plaidError, replyError, transportError } from './errors.ts';
import type { PlaidSettings } from './settings.ts';

const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
const BEAT_MS = 5_000;
/** The version of the API that this connector was written to. */
const API_VERSION = '2020-09-14';

export interface PlaidAnswer {
  readonly fields: { readonly [key: string]: LosslessJson };
  /** Plaid's own text of a part of `fields`, byte for byte. */
  sourceOf(part: LosslessJson): string;
  /** Whether something in a part of `fields` lay too deep to be read. */
  isCut(part: LosslessJson): boolean;
}

export interface PlaidCall {
  /** Relative to the host, such as `accounts/get`. */
  readonly path: string;
  readonly body: { readonly [key: string]: JsonValue };
  /** Whose limits count too; null where the call is about none, or not known whom. */
  readonly itemId: string | null;
  /** It waits for the bank. */
  readonly asksBank?: boolean;
}

export interface PlaidApi {
  /** Keeps to the limits. Rejects with a `ProviderError`, or the reason of the context's signal. */
  post(call: PlaidCall, context: ProviderContext): Promise<PlaidAnswer>;
}

export function createPlaidApi(settings: PlaidSettings): PlaidApi {
  return {
    async post({ path, body, itemId, asksBank = false }, context) {
      await takeCall(settings.environment, path, itemId, context);
      context.heartbeat();
      const beats = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        const reply = await httpCall({
          method: 'POST',
          url: new URL(path, settings.baseUrl),
          headers: {
            accept: 'application/json',
            'content-type': 'application/json',
            'plaid-client-id': settings.clientId,
            'plaid-secret': settings.secret,
            'plaid-version': API_VERSION,
          },
          body: JSON.stringify(body),
          timeoutMs: asksBank ? settings.bankTimeoutMs : settings.requestTimeoutMs,
          maxBytes: MAX_RESPONSE_BYTES,
          signal: context.signal,
          failure: transportError,
        });
        context.heartbeat();
        return readReply(reply);
      } finally {
        clearInterval(beats);
      }
    },
  };
}

function readReply(reply: HttpReply): PlaidAnswer {
  const document = tryParseJson(reply.text);
  const parts = errorParts(document?.value);
  if (reply.status < 200 || reply.status >= 300 || parts) {
    throw replyError(reply.status, parts, reply.headers);
  }
  if (!document || !isJsonObject(document.value)) throw plaidError('retry', 'response_malformed');
  return {
    fields: document.value,
    sourceOf: (part) => document.sourceOf(part) ?? JSON.stringify(part),
    isCut: (part) => document.isCut(part),
  };
}
