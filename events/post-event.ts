import { setTimeout as delay } from 'node:timers/promises';
import type { EndpointRules } from '../config/endpoint-rules.ts';
import { VERSION } from '../config/version.ts';
import { refuseUrl } from './endpoint-url.ts';
import { exchange, type PostOutcome } from './exchange.ts';
import { createGuardedConnect } from './guarded-connect.ts';
import { createReceivers } from './receivers.ts';
import { resolveByTheMachine, sharingAnswers, type ResolveName } from './resolve-name.ts';

export interface EventPost {
  readonly url: string;
  /** Who has connections of its own, such as an endpoint; absent: the URL. */
  readonly of?: string;
  /** Beside `Content-Type` and `User-Agent`: the signature's. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; exactly what was signed. */
  readonly body: string | Buffer;
  readonly signal?: AbortSignal | undefined;
}

export interface EventPoster {
  /**
   * Posts once, follows no redirect, and uses no proxy. What the network and the receiver do is an outcome. Rejects only
   * with the reason of `signal`, when that aborts; with undici's error for a header that is none; or with
   * `PosterClosed`.
   */
  post(event: EventPost): Promise<PostOutcome>;
  /** Takes no more, and resolves when what is under way has ended; what has not after `withinMs` is dropped. */
  close(withinMs?: number): Promise<void>;
}

/** Nothing is known of what came of the post. */
export class PosterClosed extends Error {
  constructor() {
    super('the poster is closed');
  }
}

export interface EventPosterOptions {
  readonly rules: EndpointRules;
  /** Default: as the machine resolves names. */
  readonly resolve?: ResolveName;
  /** Of the whole exchange, with the wait for a connection. Default: 15,000. */
  readonly timeoutMs?: number;
  /** Of a connection, with its name and TLS. Default: 10,000, and never more than `timeoutMs`. */
  readonly connectTimeoutMs?: number;
  /** At a time, to each URL. Further posts to it wait, within their `timeoutMs`. Default: 16. */
  readonly connections?: number;
  /** A connection takes no new post when it is older. Default: 60,000. */
  readonly connectionMaxAgeMs?: number;
  /** Certificate authorities in PEM, instead of those that Node trusts (`NODE_EXTRA_CA_CERTS` among them). */
  readonly ca?: string;
}

const HEADERS = ['user-agent', `Freshet/${VERSION}`, 'content-type', 'application/json'];

/** What posts events to the operator's receivers. One for a process: it holds the connections. */
export function createEventPoster(options: EventPosterOptions): EventPoster {
  const { rules, timeoutMs = 15_000 } = options;
  const closed = new AbortController();
  const receivers = createReceivers({
    connect: createGuardedConnect({
      rules,
      resolve: sharingAnswers(options.resolve ?? resolveByTheMachine),
      timeoutMs: Math.min(options.connectTimeoutMs ?? 10_000, timeoutMs),
      closed: closed.signal,
      ca: options.ca,
    }),
    connections: options.connections ?? 16,
    maxAgeMs: options.connectionMaxAgeMs ?? 60_000,
  });
  const underWay = new Set<Promise<PostOutcome>>();
  let isClosed = false;

  return {
    async post({ url, of = '', headers, body, signal }) {
      if (isClosed) throw new PosterClosed();
      // One that was stored under other rules.
      if (!receivers.has(of, url) && refuseUrl(url, rules) !== null) return REFUSED;
      const { dispatcher, origin, path } = receivers.of(of, url);
      const all = [...HEADERS];
      for (const name of Object.keys(headers)) all.push(name, headers[name] ?? '');
      const request = { origin, path, method: 'POST', headers: all, body } as const;
      const posted = exchange(dispatcher, request, { timeoutMs, signal });
      underWay.add(posted);
      try {
        return await posted;
      } catch (error) {
        throw isClosed && error !== signal?.reason ? new PosterClosed() : error;
      } finally {
        underWay.delete(posted);
      }
    },
    async close(withinMs) {
      isClosed = true;
      const ended = Promise.allSettled(underWay);
      const late = withinMs === undefined ? [] : [delay(withinMs, undefined, { ref: false })];
      await Promise.race([ended, ...late]);
      await receivers.close();
      closed.abort(new PosterClosed());
    },
  };
}

const REFUSED: PostOutcome = {
  status: null,
  errorCode: 'address_refused',
  retryAfterMs: null,
  latencyMs: 0,
  responseStart: '',
};
