import type { z } from 'zod';
import type { Bank } from '../bank.ts';
import type { RecordError } from '../extraction/record.ts';
import type { Answer } from './envelope.ts';

/** What a handler is told besides its input. */
export interface CallInfo {
  /** Origin and version prefix as the caller used them, for callback URLs. */
  readonly baseUrl: string;
  /** Set by a fault: the refresh is accepted, and fails later. */
  readonly failRefreshWith: RecordError | null;
}

/** One endpoint of the protocol, whatever its aliases. */
export interface Endpoint {
  readonly name: string;
  readonly methods: readonly ('GET' | 'POST')[];
  readonly schema: z.ZodType;
  handle(bank: Bank, input: unknown, call: CallInfo): Answer;
}

/** Declares an endpoint; its handler gets the input as the schema gives it. */
export function endpoint<S extends z.ZodType>(
  name: string,
  schema: S,
  handle: (bank: Bank, input: z.output<S>, call: CallInfo) => Answer,
  methods: Endpoint['methods'] = ['POST'],
): Endpoint {
  return {
    name,
    methods,
    schema,
    handle: (bank, input, call) => handle(bank, input as z.output<S>, call),
  };
}
