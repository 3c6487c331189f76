/**
 * A signal that aborts when the process is asked to stop: SIGTERM, SIGINT, or, when it was started
 * by a parent with an IPC channel, that parent's death.
 */
export function onShutdown(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  return controller.signal;
}
