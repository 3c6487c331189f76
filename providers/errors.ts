/**
 * What a provider's error asks of us.
 * `retry`: later, by itself. `restart`: begin the pagination again. `reauth`: the customer must log
 * in again. `gone`: the consent or account has ended. `config`: the operator must act. `bug`: we
 * sent or read something wrong.
 */
export type ProviderErrorKind = 'retry' | 'restart' | 'reauth' | 'gone' | 'config' | 'bug';

export interface ProviderErrorOptions {
  /** How long the provider asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * The one error that leaves a provider's folder. `code` is short, stable and snake_case
 * (`rate_limited`, `http_500`, `login_required`); the message is built from it alone, so that no
 * bank data can reach a log or a Temporal payload.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(
    provider: string,
    kind: ProviderErrorKind,
    code: string,
    options: ProviderErrorOptions = {},
  ) {
    super(`${provider}: ${code} (${kind})`);
    this.kind = kind;
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * What the caller gave to `link` is malformed. `field` and `message` are safe to show to that
 * caller.
 */
export class InvalidLink extends Error {
  override readonly name = 'InvalidLink';
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/**
 * A verified webhook body that is not the provider's JSON. It is stored and acknowledged all the
 * same.
 */
export class WebhookUnreadable extends Error {
  override readonly name = 'WebhookUnreadable';
}
