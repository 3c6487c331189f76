export { freePort } from '../../dev/ports.ts';
export { eventually } from './eventually.ts';
export { emptyDatabase, freshDatabase, type FreshDatabase } from './fresh-database.ts';
export { freshNamespace, type FreshNamespace } from './fresh-namespace.ts';
export { runInfo, type RunInfo } from './run-info.ts';
export { startProcess, type NodeProcess } from './start-node-process.ts';
export { startPostgres, type OwnPostgres } from './start-postgres.ts';
export { startTemporal, type OwnTemporal } from './start-temporal.ts';
