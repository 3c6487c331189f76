/** Errors whose messages are our own words, with ids and codes at most. */
const TRUSTED = new Set([
  'ProviderError',
  'ConfigError',
  'InvalidLink',
  'WebhookUnreadable',
  'SyncRefused',
  'SearchAttributesRefused',
]);

export interface ErrorDescription {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly stack?: string;
}

/**
 * What may be written down of an error. A message from a library can quote a row, a URL or a body
 * ("invalid input syntax for type numeric: …"), so only our own are kept; of the others the type,
 * the code (such as an SQLSTATE or an errno) and where.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error ? error.code : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(TRUSTED.has(error.name) ? { message: error.message } : {}),
    ...(frames && frames.length > 0 ? { stack: frames.slice(0, 8).join('\n') } : {}),
  };
}
