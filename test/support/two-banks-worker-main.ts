import { runMain } from '../../config/run-main.ts';
import { startPacedWorker } from './start-paced-worker.ts';
import { twoBanks, type BankAddress } from './two-banks.ts';

const readBank = (name: string): BankAddress => JSON.parse(process.env[name] ?? '');

/** As paced-worker-main.ts, with the two providers that `OKRA_BANK` and `OTHER_BANK` (JSON) tell of. */
await runMain(() =>
  startPacedWorker(process.env, twoBanks(readBank('OKRA_BANK'), readBank('OTHER_BANK'))),
);
