import { setCurrentDetails } from '@temporalio/workflow';
import {
  completeUnlink,
  eraseData,
  providerActivities,
  stopAccounts,
} from './connection-activities.ts';
import { askedAgain, type ConnectionInput } from './connection-messages.ts';
import { createInterruptions } from './interruptions.ts';

/**
 * Unlinks a connection whose unlink is stored. Each step reads from Postgres what is wanted, and can be
 * done twice: asked again, as with `force` or `erase`, it begins anew.
 */
export async function connectionUnlink(input: ConnectionInput): Promise<void> {
  const { connectionId } = input;
  const { repeat, interruptible } = createInterruptions(askedAgain);
  const { withdrawConsent } = providerActivities(input, 'withdraws the consent');

  await repeat(async () => {
    setCurrentDetails('Step 1 of 4: ends the workflows of the accounts.');
    // Where the provider is left out its queue is too: it may be what hangs.
    if (await stopAccounts({ connectionId })) {
      setCurrentDetails('Step 2 of 4: withdraws the consent at the provider.');
      await interruptible(() => withdrawConsent({ connectionId }));
    }
    setCurrentDetails('Step 3 of 4: forgets the credentials.');
    if (!(await completeUnlink({ connectionId }))) return;
    setCurrentDetails('Step 4 of 4: erases the data.');
    await eraseData({ connectionId });
  });
  setCurrentDetails('Done.');
}
