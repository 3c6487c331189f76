import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import type { EndpointRules } from '../config/endpoint-rules.ts';
import { parseIpAddress, type IpAddress } from '../config/ip-address.ts';
import { AddressRefused, DeliveryError, deliveryErrorCode } from './delivery-error.ts';
import type { ResolveName } from './resolve-name.ts';
import { vetHost } from './vet-host.ts';

export interface GuardedConnectOptions {
  readonly rules: EndpointRules;
  readonly resolve: ResolveName;
  /** For the name, the connection and TLS together. */
  readonly timeoutMs: number;
  /** Aborts when nothing is to be connected to any more. */
  readonly closed: AbortSignal;
  /** Certificate authorities in PEM, instead of those that Node trusts. */
  readonly ca?: string | undefined;
}

/** How long one of several addresses is tried before the next one is. */
const NEXT_ADDRESS_MS = 500;

/**
 * The `connect` of an undici client that reaches only what the rules allow. The host is resolved once for each
 * connection, every answer is checked, and only what was checked is connected to, so that a name which leads
 * elsewhere a moment later gains nothing; what the socket says that it reached is checked once more. TLS is about the
 * name all the same. HTTP/1.1 only.
 */
export function createGuardedConnect(options: GuardedConnectOptions): buildConnector.connector {
  const { rules, resolve, timeoutMs, closed } = options;
  return (target, callback) => {
    let socket: Socket | undefined;
    let isDone = false;
    const done = (error: Error | null): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      closed.removeEventListener('abort', onClosed);
      if (!error && socket) return callback(null, socket);
      socket?.destroy();
      return callback(error ?? new DeliveryError('network_error'), null);
    };
    const fail = (error: unknown, otherwise?: 'tls_failed'): void => {
      const code = deliveryErrorCode(error);
      if (error instanceof DeliveryError) return done(error);
      const told = code === 'network_error' && otherwise ? otherwise : code;
      return done(new DeliveryError(told, { cause: error }));
    };
    const onClosed = (): void => fail(closed.reason);
    closed.addEventListener('abort', onClosed);
    const timer = setTimeout(fail, timeoutMs, new DeliveryError('connect_timeout'));

    const open = async (): Promise<void> => {
      const port = portOf(target);
      if (!rules.ports.includes(port)) throw new AddressRefused();
      const addresses = await vetHost(target.hostname, rules, resolve);
      if (isDone) return;
      const isTls = target.protocol === 'https:';
      socket = dial(target.hostname, port, addresses, isTls ? { ca: options.ca } : undefined);
      let isConnected = false;
      socket
        .setNoDelay(true)
        .setKeepAlive(true, 60_000)
        // Before TLS begins: one that is refused is sent no byte.
        .prependOnceListener('connect', () => {
          isConnected = true;
          const reached = socket?.remoteAddress;
          if (reached === undefined) fail(new DeliveryError('connection_reset'));
          else if (!isOneOf(addresses, reached)) fail(new AddressRefused());
        })
        .once(isTls ? 'secureConnect' : 'connect', () => done(null))
        .on('error', (error) => fail(error, isTls && isConnected ? 'tls_failed' : undefined));
    };
    open().catch(fail);
  };
}

function dial(
  hostname: string,
  port: number,
  addresses: readonly IpAddress[],
  tls: { readonly ca: string | undefined } | undefined,
): Socket {
  const [literal] = parseIpAddress(hostname) ? addresses : [];
  const target = {
    host: literal?.text ?? hostname,
    port,
    lookup: answering(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
  };
  if (!tls) return connectTcp(target);
  return connectTls({
    ...target,
    // An address is no server name (RFC 6066 §3), nor is the dot of the root part of one.
    servername: literal ? '' : hostname.replace(/\.$/, ''),
    ALPNProtocols: ['http/1.1'],
    // Also where the environment says otherwise.
    rejectUnauthorized: true,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  });
}

/** Answers with the addresses that were checked, whatever is asked. */
function answering(addresses: readonly IpAddress[]): LookupFunction {
  const answers = addresses.map(({ text, family }) => ({
    address: text,
    family: family === 'ipv4' ? 4 : 6,
  }));
  return (_, { all }, callback) => {
    const [first] = answers;
    if (all || !first) return callback(null, answers);
    return callback(null, first.address, first.family);
  };
}

function isOneOf(addresses: readonly IpAddress[], remote: string): boolean {
  const reached = parseIpAddress(remote);
  return addresses.some(({ text }) => text === reached?.text);
}

function portOf({ port, protocol }: buildConnector.Options): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
