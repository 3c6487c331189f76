import { providerVariable } from '../config/provider-variable.ts';
import { KNOWN_PROVIDERS } from '../providers/known-providers.ts';
import type { DevSecrets } from './secrets.ts';
import type { StartSettings } from './settings.ts';
import type { StateDir } from './state-dir.ts';

export interface PartEnvironments {
  readonly migrate: NodeJS.ProcessEnv;
  readonly temporal: NodeJS.ProcessEnv;
  readonly sandbox: NodeJS.ProcessEnv;
  readonly worker: NodeJS.ProcessEnv;
  readonly api: NodeJS.ProcessEnv;
}

export interface Addresses {
  readonly database: string;
  readonly temporal: string;
}

/** What a user's own shell may say to the parts; everything else is decided here. */
const PASSED_ON = new Set([
  'FRESHET_RECONCILE_SECONDS',
  'FRESHET_WEBHOOK_BODIES',
  'FRESHET_WEBHOOK_RETENTION_DAYS',
  'FRESHET_EVENT_RETENTION_DAYS',
  'FRESHET_SANDBOX_SEED',
  'FRESHET_METRICS_ADDRESS',
  'FRESHET_PUBLIC_URL',
  'FRESHET_TRUSTED_PROXIES',
  'FRESHET_API_MAX_CONNECTIONS',
  'FRESHET_ENDPOINT_ALLOW_HTTP',
  'FRESHET_ENDPOINT_PORTS',
  'FRESHET_ENDPOINT_ALLOWED_RANGES',
]);

/** Whatever a provider takes: where the sandbox bank is, is decided here all the same. */
const OF_PROVIDERS = KNOWN_PROVIDERS.map((name) => providerVariable(name, ''));

/** A receiver that is tried out runs on this machine. */
const OWN_RECEIVERS = {
  FRESHET_ENDPOINT_ALLOW_HTTP: 'true',
  FRESHET_ENDPOINT_PORTS: '1-65535',
  FRESHET_ENDPOINT_ALLOWED_RANGES: '127.0.0.0/8,::1',
};

export function partEnvironments(
  env: NodeJS.ProcessEnv,
  settings: StartSettings,
  state: StateDir,
  secrets: DevSecrets,
  addresses: Addresses,
): PartEnvironments {
  // Above `info` a part would not say that it is ready, nor the worker what it synced.
  const level = env['FRESHET_LOG_LEVEL'] ?? '';
  const logLevel = ['trace', 'debug'].includes(level) ? level : 'info';
  const base = { ...withoutOurs(env), FRESHET_LOG_LEVEL: logLevel };
  const database = { FRESHET_DATABASE_URL: addresses.database };
  const temporal = {
    TEMPORAL_ADDRESS: addresses.temporal,
    TEMPORAL_NAMESPACE: 'default',
    // A user's own Temporal profile, with its TLS and API key, is for another server than ours.
    TEMPORAL_CONFIG_FILE: state.temporalProfile,
  };
  const okra = {
    FRESHET_CREDENTIALS_KEYS: secrets.credentialsKeys,
    FRESHET_OKRA_BASE_URL: `${sandboxUrl(settings)}/v2`,
    FRESHET_OKRA_SECRET_KEY: secrets.okraSecretKey,
    FRESHET_OKRA_WEBHOOK_TOKEN: secrets.webhookToken,
  };
  return {
    migrate: { ...base, ...database },
    temporal: { ...base, ...temporal },
    sandbox: {
      ...base,
      FRESHET_SANDBOX_HOST: '127.0.0.1',
      FRESHET_SANDBOX_PORT: String(settings.sandboxPort),
      FRESHET_SANDBOX_SECRET_KEY: secrets.okraSecretKey,
      FRESHET_SANDBOX_WEBHOOK_URL: `${apiUrl(settings)}/webhooks/okra`,
      FRESHET_SANDBOX_WEBHOOK_TOKEN: secrets.webhookToken,
      FRESHET_SANDBOX_STATE_FILE: state.sandboxState,
    },
    worker: { ...OWN_RECEIVERS, ...base, ...database, ...temporal, ...okra },
    api: {
      ...OWN_RECEIVERS,
      ...base,
      // What the shell calls FRESHET_METRICS_ADDRESS is the worker's.
      FRESHET_METRICS_ADDRESS: env['FRESHET_API_METRICS_ADDRESS'],
      ...database,
      ...temporal,
      ...okra,
      FRESHET_API_HOST: settings.apiHost,
      FRESHET_API_PORT: String(settings.apiPort),
      FRESHET_BOOTSTRAP_API_KEY: secrets.apiKey,
    },
  };
}

/** The API's address as seen from this machine. */
export function apiUrl({ apiHost, apiPort }: StartSettings): string {
  const everywhere = apiHost === '0.0.0.0' || apiHost === '::';
  const host = everywhere ? '127.0.0.1' : apiHost.includes(':') ? `[${apiHost}]` : apiHost;
  return `http://${host}:${apiPort}`;
}

export function sandboxUrl({ sandboxPort }: StartSettings): string {
  return `http://127.0.0.1:${sandboxPort}`;
}

export function temporalUiUrl({ temporalUiPort }: StartSettings): string {
  return `http://127.0.0.1:${temporalUiPort}`;
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(?!FRESHET_|TEMPORAL_|npm_)/;
  const isPassedOn = (name: string): boolean =>
    PASSED_ON.has(name) || OF_PROVIDERS.some((prefix) => name.startsWith(prefix));
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => foreign.test(name) || isPassedOn(name)),
  );
}
