import path from 'node:path';
import { startGuard } from '../../dev/processes/guard.ts';
import { startProcess } from '../../dev/processes/managed-process.ts';
import { OBEDIENT, scripted } from './scripted-process.ts';

/** Guards one process, and waits to be killed. */
const dir = process.argv[2] as string;
startGuard(path.join(dir, 'run'));
await startProcess(scripted(dir, 'guarded', OBEDIENT));
setInterval(() => undefined, 1_000);
