import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { Environment } from '../config/secrets.ts';

export interface TemporalSettings {
  readonly connectionOptions: ConnectionOptions;
  readonly namespace: string;
}

/**
 * Where Temporal is, from the variables that every Temporal tool reads: `TEMPORAL_ADDRESS`
 * (127.0.0.1:7233), `TEMPORAL_NAMESPACE` (default), `TEMPORAL_API_KEY`, `TEMPORAL_TLS_*`,
 * `TEMPORAL_CONFIG_FILE`, `TEMPORAL_PROFILE`.
 */
export function readTemporalSettings(environment: Environment): TemporalSettings {
  const overrideEnvVars = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]),
  );
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
  return { connectionOptions, namespace: namespace ?? 'default' };
}

/**
 * A client that connects when it is first used, so that its owner can start while Temporal is away.
 */
export function createTemporalClient(settings: TemporalSettings): Client {
  const connection = Connection.lazy(settings.connectionOptions);
  return new Client({ connection, namespace: settings.namespace });
}
