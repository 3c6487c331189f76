import { createHash } from 'node:crypto';
import { createMiddleware } from 'hono/factory';

/**
 * Gives an answer its `ETag` and answers `If-None-Match` with a 304 where the client has it already.
 *
 * The tag is of the answer's bytes. So it covers all that the answer says, its freshness as well: a
 * sync that found nothing new makes a new tag, and so does the minute in which the data becomes
 * stale. Nothing is kept or sent without asking us (`no-cache`).
 */
export function conditional() {
  return createMiddleware(async (c, next) => {
    await next();
    if (c.res.status !== 200) return;
    const body = new Uint8Array(await c.res.clone().arrayBuffer());
    const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
    const headers = { ETag: tag, 'Cache-Control': 'private, no-cache', Vary: 'Authorization' };
    if (matches(c.req.header('if-none-match'), tag)) {
      c.res = new Response(null, { status: 304, headers });
    } else {
      for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    }
  });
}

/** RFC 9110, 13.1.2: `*` or a list, compared weakly (a proxy that compresses may have added `W/`). */
function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const tags: readonly string[] = header.match(/"[^"]*"/g) ?? [];
  return tags.includes(tag);
}
