import path from 'node:path';
import type { WantedPort } from './ports.ts';

export interface StartSettings {
  readonly apiHost: string;
  readonly apiPort: number;
  readonly postgresPort: number;
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly sandboxPort: number;
  readonly stateDir: string;
}

const PORTS = {
  FRESHET_API_PORT: 4400,
  FRESHET_PG_PORT: 54329,
  FRESHET_TEMPORAL_PORT: 7233,
  FRESHET_TEMPORAL_UI_PORT: 8233,
  FRESHET_SANDBOX_PORT: 4410,
} as const;

/** @throws with a sentence when a port is no port. */
export function readStartSettings(env: NodeJS.ProcessEnv): StartSettings {
  const port = (variable: keyof typeof PORTS): number => {
    const text = env[variable] || String(PORTS[variable]);
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
    throw new Error(`${variable} is “${text}”; it has to be a port from 1 to 65535.`);
  };
  return {
    apiHost: env['FRESHET_API_HOST'] || '127.0.0.1',
    apiPort: port('FRESHET_API_PORT'),
    postgresPort: port('FRESHET_PG_PORT'),
    temporalPort: port('FRESHET_TEMPORAL_PORT'),
    temporalUiPort: port('FRESHET_TEMPORAL_UI_PORT'),
    sandboxPort: port('FRESHET_SANDBOX_PORT'),
    stateDir: path.resolve(env['FRESHET_STATE_DIR'] || '.freshet'),
  };
}

/** The ports of `npm start`, with what to call them in a complaint. */
export function wantedPorts(settings: StartSettings): WantedPort[] {
  return [
    { part: 'Postgres', port: settings.postgresPort, variable: 'FRESHET_PG_PORT' },
    { part: 'Temporal', port: settings.temporalPort, variable: 'FRESHET_TEMPORAL_PORT' },
    {
      part: 'the Temporal UI',
      port: settings.temporalUiPort,
      variable: 'FRESHET_TEMPORAL_UI_PORT',
    },
    { part: 'the sandbox bank', port: settings.sandboxPort, variable: 'FRESHET_SANDBOX_PORT' },
    {
      part: 'the API',
      port: settings.apiPort,
      variable: 'FRESHET_API_PORT',
      host: settings.apiHost,
    },
  ];
}
