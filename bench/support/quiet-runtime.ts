import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** A worker in this process says no more than what went wrong. */
export function installQuietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) },
    },
    shutdownSignals: [],
  });
}
