/** A set of TCP ports. */
export interface PortRanges {
  /** As the operator wrote them, such as `443,8000-8999`. */
  readonly text: string;
  includes(port: number): boolean;
}

const LARGEST = 65_535;

/**
 * Reads ports and ranges of them, comma-separated: `443, 8000-8999`. Null when one of them is malformed, or there
 * is none.
 */
export function parsePortRanges(text: string): PortRanges | null {
  const entries = text.split(',').map((entry) => entry.trim());
  const ranges = entries.map(rangeOf);
  if (!ranges.every((range) => range !== null)) return null;
  return {
    text: entries.join(','),
    includes: (port) => ranges.some(([first, last]) => port >= first && port <= last),
  };
}

function rangeOf(entry: string): readonly [first: number, last: number] | null {
  const [, start, end] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(entry) ?? [];
  if (start === undefined) return null;
  const first = Number(start);
  const last = end === undefined ? first : Number(end);
  return first >= 1 && first <= last && last <= LARGEST ? [first, last] : null;
}
