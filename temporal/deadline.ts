/**
 * How long a call to Temporal may take, in milliseconds. Somebody waits for it, and Temporal's own
 * retries would go on for most of a minute.
 */
export const DEADLINE_MS = 2_000;
