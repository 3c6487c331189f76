const MOST_BYTES = 512;

/** What would change a line that shows it: control characters but for tab and line ends, and turns of direction. */
const UNFIT = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu;

/** The first 512 bytes of an answer's body as well-formed text, with U+FFFD for what is none. */
export function responseStart(parts: readonly Buffer[]): string {
  const bytes = Buffer.concat(parts);
  if (bytes.length === 0) return '';
  const isCut = bytes.length > MOST_BYTES;
  // `stream`: of a character that the cut divides, nothing is kept.
  const text = new TextDecoder().decode(bytes.subarray(0, MOST_BYTES), { stream: isCut });
  return text.replaceAll(UNFIT, '\ufffd');
}
