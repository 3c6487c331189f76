export interface OkraConfig {
  /**
   * Where the protocol is spoken, version included, such as `http://127.0.0.1:4410/v2`. There is no
   * default: Okra's hosts are gone.
   */
  readonly baseUrl: string;
  readonly secretKey: string;
  /** What the bank sends as `Authorization: Bearer` with every webhook. */
  readonly webhookToken: string;
  /** For one HTTP call, body included. Default 30 s. */
  readonly requestTimeoutMs?: number;
  /** The first pause between two looks at a refresh; it grows to eight times that. Default 1 s. */
  readonly callbackPollMs?: number;
  /** How long a refresh may take. Default 1 minute. */
  readonly callbackTimeoutMs?: number;
  /** Items a page. Default 200. */
  readonly pageSize?: number;
}

export interface OkraSettings {
  /** Ends in a slash, so that endpoints resolve below it. */
  readonly baseUrl: URL;
  readonly secretKey: string;
  readonly webhookToken: string;
  readonly requestTimeoutMs: number;
  readonly callbackPollMs: number;
  readonly callbackTimeoutMs: number;
  readonly pageSize: number;
}

/** Throws an `Error` that names the wrong option, never its value. */
export function readOkraConfig(config: OkraConfig): OkraSettings {
  return {
    baseUrl: baseUrl(config.baseUrl),
    secretKey: token('secretKey', config.secretKey),
    webhookToken: token('webhookToken', config.webhookToken),
    requestTimeoutMs: positive('requestTimeoutMs', config.requestTimeoutMs ?? 30_000),
    callbackPollMs: positive('callbackPollMs', config.callbackPollMs ?? 1_000),
    callbackTimeoutMs: positive('callbackTimeoutMs', config.callbackTimeoutMs ?? 60_000),
    pageSize: positive('pageSize', config.pageSize ?? 200),
  };
}

function baseUrl(text: string): URL {
  const url = URL.parse(text);
  const usable =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (!usable) {
    throw new Error(
      'okra: baseUrl must be an absolute http or https URL without user, query or fragment',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function token(option: string, value: string): string {
  // What HTTP allows in a header, so that a bad key fails here and not as a network error at every
  // call.
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
    throw new Error(`okra: ${option} must be a non-empty text of visible ASCII characters`);
  }
  return value;
}

function positive(option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value <= 0) {
    throw new Error(`okra: ${option} must be a whole number above zero`);
  }
  return value;
}
