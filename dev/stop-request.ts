const ONE_KEY_PRESS_MS = 700;
const LOOK_AT_PARENT_MS = 1_000;

export interface StopRequest {
  /** Fires at the first request. */
  readonly signal: AbortSignal;
  /** Resolves with it. */
  readonly requested: Promise<void>;
  /** Makes the request ourselves. */
  readonly abort: () => void;
  /** Also counts the end of our parent process as a request. */
  readonly whenOrphaned: () => void;
}

/**
 * Hears of everything that asks `npm start` to stop: SIGINT, SIGTERM, SIGHUP. `again` is called
 * when somebody asks once more.
 */
export function listenForStop(again: () => void): StopRequest {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  let first = 0;
  const ask = (): void => {
    const now = Date.now();
    if (first === 0) {
      first = now;
      controller.abort();
      resolve();
    } else if (now - first > ONE_KEY_PRESS_MS) {
      // One Ctrl-C comes twice: the terminal sends it to us and to npm, and npm passes it on.
      again();
    }
  };
  process.on('SIGINT', ask).on('SIGTERM', ask).on('SIGHUP', ask);
  return {
    signal: controller.signal,
    requested: promise,
    abort: ask,
    whenOrphaned: () => watchParent(ask),
  };
}

/**
 * Killed with SIGKILL, npm cannot tell us; nor can a shell between it and us that SIGTERM ended.
 */
function watchParent(ask: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    ask();
  }, LOOK_AT_PARENT_MS);
  timer.unref();
}
