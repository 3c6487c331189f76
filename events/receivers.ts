import { Pool, type Dispatcher } from 'undici';
import type { createGuardedConnect } from './guarded-connect.ts';

/** A URL that is delivered to for somebody, with connections of their own. */
export interface Receiver {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly path: string;
}

/**
 * The receivers by URL and by who is delivered to, with the connections that are kept for the next event. Each has
 * its own: so of two on one host the slow one never takes the other's, and of two endpoints with one URL none waits for
 * the other.
 */
export interface Receivers {
  /** The URL must be valid. */
  of(owner: string, url: string): Receiver;
  /** Whether it is known, and so need not be checked again. */
  has(owner: string, url: string): boolean;
  /** Drops all connections. */
  close(): Promise<void>;
}

export interface ReceiversOptions {
  readonly connect: ReturnType<typeof createGuardedConnect>;
  /** At a time, to each URL. */
  readonly connections: number;
  /** After this new connections are made, to wherever the name leads by then. */
  readonly maxAgeMs: number;
}

const IDLE_MS = 4_000;
/** However much longer the receiver would keep it. */
const LONGEST_IDLE_MS = 30_000;
const MOST_HEADER_BYTES = 16 * 1024;

interface KnownReceiver extends Receiver {
  readonly dispatcher: Pool;
  readonly madeAt: number;
}

export function createReceivers({ connect, connections, maxAgeMs }: ReceiversOptions): Receivers {
  const known = new Map<string, KnownReceiver>();
  const closing = new Set<Pool>();

  const forget = (key: string, { dispatcher }: KnownReceiver): void => {
    known.delete(key);
    closing.add(dispatcher);
    // Not before what is under way has ended.
    void dispatcher.close().finally(() => closing.delete(dispatcher));
  };

  const make = (key: string, url: string): KnownReceiver => {
    const { origin, pathname, search } = new URL(url);
    const dispatcher = new Pool(origin, {
      connect,
      connections,
      allowH2: false,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: LONGEST_IDLE_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      // An exchange keeps its own time.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const made = { dispatcher, origin, path: pathname + search, madeAt: performance.now() };
    const forgetWhenIdle = (): void => {
      const { connected, size } = dispatcher.stats;
      if (connected === 0 && size === 0 && known.get(key) === made) forget(key, made);
    };
    dispatcher.on('disconnect', forgetWhenIdle).on('connectionError', forgetWhenIdle);
    known.set(key, made);
    return made;
  };

  return {
    of(owner, url) {
      const key = keyOf(owner, url);
      const receiver = known.get(key);
      if (!receiver) return make(key, url);
      if (performance.now() - receiver.madeAt <= maxAgeMs) return receiver;
      forget(key, receiver);
      return make(key, url);
    },
    has: (owner, url) => known.has(keyOf(owner, url)),
    async close() {
      const all = [...closing, ...[...known.values()].map(({ dispatcher }) => dispatcher)];
      known.clear();
      await Promise.all(all.map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** No URL has a space in it. */
const keyOf = (owner: string, url: string): string => `${owner} ${url}`;
