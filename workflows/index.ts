/** What the worker bundles: every workflow, by the name that Temporal knows it under. */
export { accountSync } from './account-sync.ts';
export { reconcile } from './reconcile.ts';
