import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Hono } from 'hono';
import { Problem } from '../http/problem.ts';

const require = createRequire(import.meta.url);

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true });`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Freshet API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>`;

/** The API reference as a page. All of it comes from here: nothing is loaded from elsewhere. */
export function docsRoutes(): Hono {
  return new Hono()
    .get('/', (c) => c.html(PAGE))
    .get('/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript' }))
    .get('/:asset', async (c) => {
      const type = ASSETS[c.req.param('asset')];
      if (!type) throw new Problem(404, 'not_found', 'There is no such page.');
      const path = require.resolve(`swagger-ui-dist/${c.req.param('asset')}`);
      return c.body(await readFile(path), 200, { 'Content-Type': type });
    });
}
