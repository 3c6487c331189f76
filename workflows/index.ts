/** What the worker bundles: every workflow, by the name that Temporal knows it under. */
export { accountSync } from './account-sync.ts';
export { connectionLink } from './connection-link.ts';
export { connectionUnlink } from './connection-unlink.ts';
export { endpointDelivery } from './endpoint-delivery.ts';
export { linkSession } from './link-session.ts';
export { reconcile } from './reconcile.ts';
