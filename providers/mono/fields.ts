import { z } from 'zod';
import { fieldReader } from '../fields.ts';
import { monoError } from './errors.ts';

export { timestamp, words } from '../fields.ts';

/** One of Mono's ids: 24 hex digits in all examples. */
export const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);

/** Throws a `bug` whose code names the field, and never holds what stood in it. */
export const read = fieldReader((code) => monoError('bug', code));
