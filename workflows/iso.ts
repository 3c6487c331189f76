/** Milliseconds since the epoch as ISO 8601. */
export const isoOrNull = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString();
