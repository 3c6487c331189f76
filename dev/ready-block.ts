import type { DemoAccount } from './demo/demo.ts';
import { findOnPath } from './find-on-path.ts';
import { apiUrl, sandboxUrl, temporalUiUrl } from './part-environments.ts';
import type { DevSecrets } from './secrets.ts';
import type { StartSettings } from './settings.ts';

export interface ReadyBlockOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly settings: StartSettings;
  readonly secrets: DevSecrets;
  readonly databaseUrl: string;
  /** The account that the commands speak of. */
  readonly account: DemoAccount;
}

const ACCOUNT_WORKFLOWS = `WorkflowType="accountSync" AND ExecutionStatus="Running"`;
const LATEST_SYNCS =
  'select started_at, account_id, product, triggers, status, added, changed from sync_runs order by started_at desc limit 10';

/** What `npm start` prints once everything runs: addresses, keys, and commands to copy. */
export function readyBlock(options: ReadyBlockOptions): string {
  const { settings, secrets, databaseUrl, account } = options;
  const api = apiUrl(settings);
  const ui = `${temporalUiUrl(settings)}/namespaces/default/workflows?query=${encodeURIComponent(ACCOUNT_WORKFLOWS)}`;
  const key = `-H 'Authorization: Bearer ${secrets.apiKey}'`;
  return `
Freshet is ready.

  API          ${api}  (reference: ${api}/docs)
  API key      ${secrets.apiKey}
  Temporal UI  ${ui}
  Postgres     ${databaseUrl}

  See the accounts:
    curl -s ${key} ${api}/v1/accounts

  Let the bank post a transaction and send the webhook (${account.label}):
    curl -s -X POST ${sandboxUrl(settings)}/control/accounts/${account.bankId}/transactions -H 'Content-Type: application/json' -d '{"amount":"-2500.00","description":"Market"}'

  Look at what has arrived:
    curl -s ${key} '${api}/v1/accounts/${account.id}/transactions?limit=1'

  Pause that account (and \`start\` it again):
    curl -s -X POST ${key} ${api}/v1/accounts/${account.id}/pause

  Look at its rows:
    ${sqlCommand(options, LATEST_SYNCS)}

Ctrl-C stops everything and keeps the data. From here on, a line for each sync:

`;
}

/** psql where it is installed; otherwise our own little stand-in. */
function sqlCommand({ env, databaseUrl, settings }: ReadyBlockOptions, sql: string): string {
  if (findOnPath('psql', env) !== undefined) return `psql '${databaseUrl}' -c '${sql}'`;
  const own = env['FRESHET_STATE_DIR'] ? `FRESHET_STATE_DIR='${settings.stateDir}' ` : '';
  return `${own}npm run --silent sql -- '${sql}'`;
}
