import { lookup } from 'node:dns/promises';

/** All addresses of a host name, in the order in which they are to be tried. Rejects when there is none. */
export type ResolveName = (hostname: string) => Promise<readonly string[]>;

/** As the machine resolves names, with its hosts file and its search domains. */
export const resolveByTheMachine: ResolveName = async (hostname) => {
  const answers = await lookup(hostname, { all: true, order: 'verbatim' });
  return answers.map(({ address }) => address);
};

/**
 * Asks once where several ask for the same name at the same time. The machine looks up few names at once: those of one
 * receiver with a dead name server must not take all of its places.
 */
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
