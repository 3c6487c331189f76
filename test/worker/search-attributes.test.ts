import type { Connection } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../config/logger.ts';
import {
  registerSearchAttributes,
  SearchAttributesRefused,
} from '../../temporal/register-search-attributes.ts';
import { createTroubleLog } from '../../worker/trouble-log.ts';

/** gRPC's status codes. */
const PERMISSION_DENIED = 7;
const UNAVAILABLE = 14;

const grpcError = (code: number): Error =>
  Object.assign(new Error('no'), { code, details: 'no', metadata: {} });

/** A server that has no search attributes, and answers the wish to add some with `code`. */
const refusing = (code: number): Connection =>
  ({
    operatorService: {
      listSearchAttributes: () => Promise.resolve({ customAttributes: {} }),
      addSearchAttributes: () => Promise.reject(grpcError(code)),
    },
  }) as unknown as Connection;

describe('registering search attributes', () => {
  it('where it is not for us to do, rejects with what is missing', async () => {
    const refused = await registerSearchAttributes(refusing(PERMISSION_DENIED), 'default').catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(SearchAttributesRefused);
    expect((refused as SearchAttributesRefused).missing).toContain('FreshetStatus=Keyword');
    expect((refused as SearchAttributesRefused).missing).toContain('FreshetNextSync=Datetime');
  });

  it('takes a server that is away for no refusal', async () => {
    const answer = registerSearchAttributes(refusing(UNAVAILABLE), 'default');
    await expect(answer).rejects.toMatchObject({ code: UNAVAILABLE });
  });
});

it('a trouble is told when it begins, changes and ends, not at each attempt', () => {
  const told: string[] = [];
  const tell = (...args: unknown[]): void => void told.push(String(args.at(-1)));
  const log = createTroubleLog({ info: tell, warn: tell } as unknown as Logger, 'Temporal');
  log.succeeded();
  for (let attempt = 0; attempt < 3; attempt += 1) log.failed(grpcError(UNAVAILABLE));
  for (let attempt = 0; attempt < 3; attempt += 1) {
    log.failed(new SearchAttributesRefused(['FreshetStatus=Keyword'], grpcError(7)));
  }
  log.succeeded();
  log.succeeded();
  expect(told).toEqual([
    'waiting for Temporal',
    'search attributes are missing: register them in the namespace',
    'no longer waiting for Temporal',
  ]);
});
