import { createMiddleware } from 'hono/factory';
import { Problem } from './problem.ts';

/** A body that is not said to be JSON would be taken for none: better to say so. */
export const requireJson = createMiddleware(async (c, next) => {
  const hasBody =
    Number(c.req.header('content-length') ?? 0) > 0 ||
    c.req.header('transfer-encoding') !== undefined;
  const type = c.req.header('content-type') ?? '';
  if (hasBody && !/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    const detail = 'Send the body with the header Content-Type: application/json.';
    throw new Problem(415, 'unsupported_media_type', detail);
  }
  await next();
});
