import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name, in the order in which they are to be tried. Rejects when there is none. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/** A name server has answered at once that it knows no such name, or will not tell; or there is none. */
const NOT_THERE: ReadonlySet<unknown> = new Set([
  'ENOTFOUND',
  'ENODATA',
  'ESERVFAIL',
  'EREFUSED',
  'ECONNREFUSED',
]);

/**
 * By the machine's name servers; a name that they do not know, by its hosts file and its search domains. Not by these
 * at once: the system's own look-up holds one of a few threads for as long as it takes, and two names whose name
 * server is dead would hold up all that the process looks up.
 */
export const resolveByTheMachine: ResolveName = async (hostname) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const found = await Promise.allSettled([
    resolver.resolve4(hostname),
    resolver.resolve6(hostname),
  ]);
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (addresses.length > 0) return addresses;
  for (const one of found) {
    if (one.status === 'rejected' && !NOT_THERE.has(codeOf(one.reason))) throw one.reason;
  }
  const answers = await lookup(hostname, { all: true, order: 'verbatim' });
  return answers.map(({ address }) => address);
};

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Asks once where several ask for the same name at the same time. */
export function sharingAnswers(resolve: ResolveName): ResolveName {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (hostname) => {
    const known = underWay.get(hostname);
    if (known) return known;
    const answer = resolve(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, answer);
    return answer;
  };
}
