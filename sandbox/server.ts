import { pino } from 'pino';
import { EnvironmentError, readEnvironment } from './environment.ts';
import { startSandboxBank } from './start.ts';

/** Beyond this, what is still under way is abandoned. */
const STOP_WITHIN_MS = 1500;

try {
  const { options, logLevel } = readEnvironment(process.env);
  const log = pino({
    level: logLevel,
    base: { name: 'sandbox' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const bank = await startSandboxBank({
    ...options,
    // Its message could hold data of a customer.
    onError: (error) =>
      log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'failed'),
  });
  log.info({ url: bank.url }, 'sandbox bank ready');

  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'sandbox bank stopping');
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
    bank.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Started with an IPC channel: its parent is gone.
  if (process.channel !== undefined) process.on('disconnect', () => stop('disconnect'));
} catch (error) {
  const known = error instanceof EnvironmentError || error instanceof Error;
  process.stderr.write(`${known ? error.message : 'The sandbox bank could not start.'}\n`);
  process.exit(1);
}
