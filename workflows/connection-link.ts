import { setCurrentDetails } from '@temporalio/workflow';
import type { Discovery } from '../activities/connections/contract.ts';
import { providerActivities, startAccounts } from './connection-activities.ts';
import { askedAgain, type ConnectionInput } from './connection-messages.ts';
import { createInterruptions } from './interruptions.ts';

/**
 * Looks for the accounts of a connection, after a link and from time to time, and starts those that are
 * to be kept fresh: their own workflows scan them. It does not fail: while the provider cannot be asked
 * it waits, and a refusal becomes the connection's status.
 */
export async function connectionLink(input: ConnectionInput): Promise<Discovery | null> {
  const { connectionId } = input;
  const { repeat, interruptible } = createInterruptions(askedAgain);
  const { discoverAccounts } = providerActivities(input, 'which accounts there are');
  let found: Discovery | null = null;

  await repeat(async () => {
    setCurrentDetails('Step 1 of 2: asks the provider which accounts there are.');
    found = await interruptible(() => discoverAccounts({ connectionId }));
    if (found.outcome === 'unlinked' || found.outcome === 'no_accounts') return;
    setCurrentDetails('Step 2 of 2: starts the workflows of the accounts.');
    await startAccounts({ connectionId });
  });
  setCurrentDetails('Done.');
  return found;
}
