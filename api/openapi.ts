import { generateSpecs, type GenerateSpecOptions } from 'hono-openapi';
import type { Hono } from 'hono';
import { createApp } from './app.ts';
import type { ApiDeps } from './deps.ts';
import { documentation } from './documentation.ts';

/** The OpenAPI document, as JSON text. */
export async function openApiDocument(): Promise<string> {
  // The routes are only described here, never called: they need nothing.
  const app: Hono = createApp({} as ApiDeps);
  const options: Partial<GenerateSpecOptions> = { documentation };
  return `${JSON.stringify(await generateSpecs(app, options), null, 2)}\n`;
}
