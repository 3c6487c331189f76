import { loadavg } from 'node:os';

/** The load average of the last 1, 5 and 15 minutes: a figure from a busy machine says little. */
export function describeLoad(): string {
  const averages = loadavg().map((one) => one.toFixed(1));
  return `load ${averages.join(' ')}`;
}
