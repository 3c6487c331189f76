import { runMain } from '../../config/run-main.ts';
import { createProviderRegistry } from '../../providers/registry.ts';
import { createPageProvider } from './page-provider.ts';
import { startPacedWorker } from './start-paced-worker.ts';

/** As paced-worker-main.ts, with the provider whose script is at `PAGE_SCRIPT`. */
await runMain(() =>
  startPacedWorker(
    process.env,
    createProviderRegistry([
      createPageProvider(
        process.env['PAGE_SCRIPT'] ?? '',
        process.env['PAGE_TELLS_CONSENT'] === 'true',
      ),
    ]),
  ),
);
