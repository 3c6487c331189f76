import type { Alterations } from './altered.ts';
import type { CallLog } from './call-log.ts';
import type { Faults } from './faults.ts';
import type { PageHooks } from './page-hooks.ts';
import type { Webhooks } from './webhooks/webhooks.ts';
import type { World } from './world.ts';

/** What the endpoints and the control work on. */
export interface Fake {
  readonly world: World;
  readonly calls: CallLog;
  readonly faults: Faults;
  readonly alterations: Alterations;
  readonly pageHooks: PageHooks;
  readonly webhooks: Webhooks;
}
