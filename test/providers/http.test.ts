import { describe, expect, it } from 'vitest';
import { httpCall, type HttpCall, type TransportFailure } from '../../providers/http.ts';
import { misbehaviour } from './misbehaviour.ts';
import { startWire, type Answer } from './wire.ts';

class Failed extends Error {
  readonly reason: TransportFailure;
  constructor(reason: TransportFailure) {
    super(reason);
    this.reason = reason;
  }
}

function callTo(url: string, change: Partial<HttpCall> = {}): HttpCall {
  return {
    method: 'GET',
    url: new URL(url),
    headers: {},
    timeoutMs: 5_000,
    maxBytes: 1_000,
    signal: new AbortController().signal,
    failure: (reason) => new Failed(reason),
    ...change,
  };
}

async function reasonFor(answer: Answer, change: Partial<HttpCall> = {}): Promise<unknown> {
  await using wire = await startWire(answer);
  return await httpCall(callTo(wire.url, change)).then(
    (reply) => `answered ${reply.status}`,
    (error: unknown) => (error instanceof Failed ? error.reason : error),
  );
}

const ofLength =
  (length: number): Answer =>
  (response) =>
    void response.end('x'.repeat(length));

describe('httpCall', () => {
  it('sends the method, headers and body, and returns any status', async () => {
    await using wire = await startWire((response) => {
      response.writeHead(418, { 'x-kind': 'teapot' }).end('short and stout ₦');
    });
    const call = callTo(`${wire.url}/a?b=c`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: '{"x":1}',
    });
    const reply = await httpCall(call);
    expect([reply.status, reply.headers.get('x-kind'), reply.text]).toEqual([
      418,
      'teapot',
      'short and stout ₦',
    ]);
    expect(wire.requests).toMatchObject([
      { method: 'POST', path: '/a?b=c', body: '{"x":1}', headers: { authorization: 'Bearer k' } },
    ]);
  });

  it('does not follow a redirect', async () => {
    await using wire = await startWire((response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await httpCall(callTo(wire.url))).status).toBe(302);
    expect(wire.requests).toHaveLength(1);
  });

  it('tells why no answer came', async () => {
    expect(await reasonFor(misbehaviour.dropBeforeHeaders)).toBe('network_error');
    const gone = await startWire(misbehaviour.silence);
    await gone[Symbol.asyncDispose]();
    await expect(httpCall(callTo(gone.url))).rejects.toThrow('network_error');
  });

  it('tells a body that broke off', async () => {
    expect(await reasonFor(misbehaviour.dropInBody)).toBe('response_truncated');
    expect(await reasonFor(misbehaviour.dropInChunkedBody)).toBe('response_truncated');
  });

  it('gives up when the headers, or the body, take too long', async () => {
    expect(await reasonFor(misbehaviour.silence, { timeoutMs: 50 })).toBe('timeout');
    expect(await reasonFor(misbehaviour.silenceInBody, { timeoutMs: 200 })).toBe('timeout');
  });

  it('takes no more than maxBytes, counted after decompression', async () => {
    expect(await reasonFor(ofLength(1_000))).toBe('answered 200');
    expect(await reasonFor(ofLength(1_001))).toBe('response_too_large');
    expect(await reasonFor(misbehaviour.zipBomb)).toBe('response_too_large');
    expect(await reasonFor(misbehaviour.endlessBody)).toBe('response_too_large');
  });

  it('refuses a body that is not UTF-8', async () => {
    expect(await reasonFor(misbehaviour.latin1)).toBe('response_malformed');
  });

  it('rejects with the reason of its signal, before and during the call', async () => {
    const reason = new Error('shutting down');
    const before = AbortSignal.abort(reason);
    expect(await reasonFor((response) => void response.end(), { signal: before })).toBe(reason);

    const during = new AbortController();
    const abort: Answer = () => during.abort(reason);
    expect(await reasonFor(abort, { signal: during.signal })).toBe(reason);
  });
});
