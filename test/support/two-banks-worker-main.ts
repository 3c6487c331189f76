import { readEnvironment } from '../../config/environment.ts';
import { createLogger } from '../../config/logger.ts';
import { onShutdown } from '../../config/on-shutdown.ts';
import { readQueueSettings } from '../../config/queue-settings.ts';
import { runMain } from '../../config/run-main.ts';
import { readTemporalSettings } from '../../temporal/connect.ts';
import { startWorker } from '../../worker/start-worker.ts';
import { twoBanks, type BankAddress } from './two-banks.ts';

const readBank = (name: string): BankAddress => JSON.parse(process.env[name] ?? '');

/** As `worker/main.ts`, with the two providers that `OKRA_BANK` and `OTHER_BANK` (JSON) tell of. */
await runMain(async () => {
  const settings = readEnvironment(process.env, [
    'FRESHET_DATABASE_URL',
    'FRESHET_CREDENTIALS_KEYS',
    'FRESHET_RECONCILE_SECONDS',
  ]);
  const providers = twoBanks(readBank('OKRA_BANK'), readBank('OTHER_BANK'));
  await startWorker({
    databaseUrl: settings.FRESHET_DATABASE_URL,
    credentialsKeys: settings.FRESHET_CREDENTIALS_KEYS,
    taskQueue: 'freshet',
    reconcileSeconds: settings.FRESHET_RECONCILE_SECONDS,
    workflowBundle: undefined,
    temporal: readTemporalSettings(process.env),
    providers,
    knownProviders: [],
    queueSettings: readQueueSettings(process.env, providers.names),
    metricsAddress: undefined,
    logger: createLogger('worker', 'info'),
    stop: onShutdown(),
  });
});
