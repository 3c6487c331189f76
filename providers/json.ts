/** JSON with every number as the text that stood in the source, so that no digit is lost. */
export type LosslessJson =
  | string
  | boolean
  | null
  | LosslessJson[]
  | { [key: string]: LosslessJson };

export interface LosslessDocument {
  readonly value: LosslessJson;
  /** The source text of an object or array of `value`, character for character. */
  sourceOf(part: LosslessJson): string | undefined;
  /** Whether something in an object or array of `value` lay too deep, and reads as null. */
  isCut(part: LosslessJson): boolean;
}

export interface ParseOptions {
  /** Reads what is nested too deeply as null, instead of refusing all of the text. */
  readonly cutDeep?: boolean;
}

const MAX_DEPTH = 200;
const [SPACE, TAB, LINE_FEED, RETURN] = [0x20, 0x09, 0x0a, 0x0d];
const BACKSLASH = 0x5c;
const BRACKET_OR_QUOTE = /[[\]{}"]/g;
const NUMBER_PARTS = new Set(Array.from('-+.0123456789eE', (part) => part.charCodeAt(0)));

/**
 * Parses JSON without turning numbers into JavaScript numbers: `1.10` becomes the string `1.10`.
 *
 * Throws a `SyntaxError` whose message holds nothing of the text.
 */
export function parseJson(text: string, options: ParseOptions = {}): LosslessDocument {
  assertJson(text);
  const sources = new Map<object, readonly [number, number]>();
  const cuts: number[] = [];
  const value = readDocument(text, sources, options.cutDeep ? cuts : null);
  const spanOf = (part: LosslessJson): readonly [number, number] | undefined =>
    typeof part === 'object' && part !== null ? sources.get(part) : undefined;
  return {
    value,
    sourceOf(part) {
      const span = spanOf(part);
      return span && text.slice(span[0], span[1]);
    },
    isCut(part) {
      const [from, to] = spanOf(part) ?? [0, 0];
      return cuts.some((at) => at >= from && at < to);
    },
  };
}

/** As `parseJson`, deep parts cut: undefined where the text is not JSON. */
export function tryParseJson(text: string): LosslessDocument | undefined {
  try {
    return parseJson(text, { cutDeep: true });
  } catch {
    return undefined;
  }
}

export function isJsonObject(
  value: LosslessJson | undefined,
): value is { [key: string]: LosslessJson } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The runtime's own parser decides what is JSON; the reader below relies on that. A reviver with
 * `context.source` would keep the numbers too, but tells no place, and so no item's source text.
 */
function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new SyntaxError('The text is not JSON');
  }
}

function readDocument(
  text: string,
  sources: Map<object, readonly [number, number]>,
  /** Takes where something lies too deep; null: that is refused. */
  cuts: number[] | null,
): LosslessJson {
  let at = 0;

  // Character by character: a regular expression leaves an array behind for each of its matches, and
  // those were most of what a long read threw away.
  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== SPACE && code !== TAB && code !== LINE_FEED && code !== RETURN) return;
      at += 1;
    }
  }

  function skipString(): void {
    do at = text.indexOf('"', at + 1);
    while (isEscaped(at));
    at += 1;
  }

  /** Without recursion, however deep it goes. */
  function skipPart(): void {
    let open = 0;
    do {
      BRACKET_OR_QUOTE.lastIndex = at;
      at = BRACKET_OR_QUOTE.exec(text)?.index ?? text.length;
      if (text[at] === '"') {
        skipString();
        continue;
      }
      open += text[at] === '[' || text[at] === '{' ? 1 : -1;
      at += 1;
    } while (open > 0);
  }

  function readString(): string {
    const start = at;
    skipString();
    const plain = text.slice(start + 1, at - 1);
    return plain.includes('\\') ? (JSON.parse(text.slice(start, at)) as string) : plain;
  }

  function isEscaped(place: number): boolean {
    let first = place;
    while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
    return (place - first) % 2 === 1;
  }

  function readArray(depth: number): LosslessJson[] {
    const items: LosslessJson[] = [];
    at += 1;
    for (;;) {
      skipSpace();
      if (text[at] === ']') break;
      items.push(readValue(depth + 1));
      skipSpace();
      if (text[at] === ',') at += 1;
    }
    at += 1;
    return items;
  }

  function readObject(depth: number): { [key: string]: LosslessJson } {
    const object: { [key: string]: LosslessJson } = {};
    at += 1;
    for (;;) {
      skipSpace();
      if (text[at] === '}') break;
      const key = readString();
      skipSpace();
      at += 1;
      setOwn(object, key, readValue(depth + 1));
      skipSpace();
      if (text[at] === ',') at += 1;
    }
    at += 1;
    return object;
  }

  function readValue(depth: number): LosslessJson {
    if (depth > MAX_DEPTH && !cuts) throw new SyntaxError('The JSON is nested too deeply');
    skipSpace();
    const start = at;
    const first = text[at];
    if (first === '"') return readString();
    if (first === '{' || first === '[') {
      if (depth > MAX_DEPTH) {
        cuts?.push(at);
        skipPart();
        return null;
      }
      const part = first === '{' ? readObject(depth) : readArray(depth);
      sources.set(part, [start, at]);
      return part;
    }
    if (first === 't') return literal('true', true);
    if (first === 'f') return literal('false', false);
    if (first === 'n') return literal('null', null);
    while (NUMBER_PARTS.has(text.charCodeAt(at))) at += 1;
    return text.slice(start, at);
  }

  function literal<T>(word: string, value: T): T {
    at += word.length;
    return value;
  }

  return readValue(0);
}

/** `__proto__` is a key and nothing more. */
function setOwn(object: { [key: string]: LosslessJson }, key: string, value: LosslessJson): void {
  if (key !== '__proto__') object[key] = value;
  else
    Object.defineProperty(object, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}
