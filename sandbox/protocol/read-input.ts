import type { Context } from 'hono';
import { ProtocolError } from './protocol-error.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** The input of a call before validation: the query of a GET, the JSON object of a POST. */
export async function readInput(context: Context, queryToo: boolean): Promise<object> {
  const query = queryToo || context.req.method === 'GET' ? queryOf(context) : {};
  if (context.req.method === 'GET') return query;
  const text = await context.req.text();
  // A callback may be posted with its query alone.
  if (text === '' && Object.keys(query).length > 0) return query;
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw invalid('Content-Type must be application/json');
  }
  if (text.length > MAX_BODY_BYTES) throw invalid('The body is too large');
  return { ...query, ...objectIn(text) };
}

function queryOf(context: Context): object {
  const query = Object.entries(context.req.queries());
  const repeated = query.find(([, values]) => values.length > 1);
  if (repeated !== undefined) throw invalid(`${repeated[0]}: given more than once`);
  return Object.fromEntries(query.map(([name, [value]]) => [name, value]));
}

function objectIn(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('The body is not valid JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw invalid('The body must be a JSON object');
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(400, 'SELECTOR', message);
}
