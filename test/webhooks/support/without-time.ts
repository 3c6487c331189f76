/** The same webhook, as of a bank that does not say when it happened. */
export function withoutTime(body: string): string {
  const { started_at: _started, ended_at: _ended, ...event } = JSON.parse(body);
  return JSON.stringify(event);
}
