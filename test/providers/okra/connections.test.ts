import { describe, expect, it } from 'vitest';
import { InvalidLink } from '../../../providers/errors.ts';
import { testContext } from '../context.ts';
import { answerJson, type Answer } from '../wire.ts';
import {
  ACCOUNT,
  BANK,
  connection,
  CUSTOMER,
  errorOf,
  OTHER_ACCOUNT,
  startScriptedBank,
  success,
} from './bank.ts';

const accountRow = (id: string, bank: string): object => ({
  _id: id,
  nuban: '0123456789',
  name: 'ADA EXAMPLE',
  type: 'Savings',
  currency: 'NGN',
  bank: { _id: bank, name: 'Example Bank' },
});

const accountsAnswer: Answer = (response) =>
  answerJson(
    response,
    success({ accounts: [accountRow(ACCOUNT, BANK), accountRow(OTHER_ACCOUNT, 'another')] }),
  );

const unknownCustomer: Answer = (response) =>
  answerJson(response, { status: 'error', data: null, type: 'NO_RECORD_ID' }, 404);

describe('connections', () => {
  it('links a customer at a bank, and lists its accounts there', async () => {
    await using bank = await startScriptedBank(accountsAnswer);
    const linked = await bank.provider.link({ customer: CUSTOMER, bank: BANK }, testContext());
    expect(linked).toEqual({
      ...connection,
      institutionId: BANK,
      institutionName: 'Example Bank',
      consentExpiresAt: null,
    });
    const { accounts } = await bank.provider.listAccounts(linked, testContext());
    expect(accounts).toEqual([
      {
        providerAccountId: ACCOUNT,
        name: 'ADA EXAMPLE',
        number: '0123456789',
        type: 'Savings',
        currency: 'NGN',
      },
    ]);
  });

  it.each([
    [null, 'link'],
    ['x', 'link'],
    [[], 'link'],
    [{}, 'link.customer'],
    [{ customer: CUSTOMER }, 'link.bank'],
    [{ customer: 7, bank: BANK }, 'link.customer'],
    [{ customer: '', bank: BANK }, 'link.customer'],
    [{ customer: CUSTOMER, bank: 'a:b' }, 'link.bank'],
    [{ customer: CUSTOMER, bank: 'x'.repeat(65) }, 'link.bank'],
    [{ customer: CUSTOMER, bank: BANK, more: 1 }, 'link.more'],
  ])('refuses to link %j without asking the bank', async (input, field) => {
    await using bank = await startScriptedBank(accountsAnswer);
    const error = await errorOf(bank.provider.link(input, testContext()));
    expect(error).toBeInstanceOf(InvalidLink);
    expect(error).toMatchObject({ field });
    expect(bank.paths()).toEqual([]);
  });

  it.each([
    [404, 'NO_RECORD_ID', 'The bank knows no such customer'],
    [403, 'KILL', 'This customer has withdrawn the consent'],
    [400, 'API', 'The bank refuses this as a customer id'],
  ])('refuses a customer for whom the bank answers %i %s', async (status, type, message) => {
    await using bank = await startScriptedBank((response) =>
      answerJson(response, { status: 'error', data: null, type }, status),
    );
    const error = await errorOf(
      bank.provider.link({ customer: CUSTOMER, bank: BANK }, testContext()),
    );
    expect(error).toBeInstanceOf(InvalidLink);
    expect(error).toMatchObject({ field: 'link.customer', message });
  });

  it('refuses a bank at which the customer has no account', async () => {
    await using bank = await startScriptedBank(accountsAnswer);
    const input = { customer: CUSTOMER, bank: 'elsewhere' };
    expect(await errorOf(bank.provider.link(input, testContext()))).toMatchObject({
      name: 'InvalidLink',
      field: 'link.bank',
    });
  });

  it('does not blame its caller for a bank in trouble', async () => {
    await using bank = await startScriptedBank((response) => answerJson(response, {}, 500));
    const input = { customer: CUSTOMER, bank: BANK };
    expect(await errorOf(bank.provider.link(input, testContext()))).toMatchObject({
      kind: 'retry',
      code: 'http_500',
    });
  });

  it('unlinks, also what is unlinked already', async () => {
    await using bank = await startScriptedBank((response) => answerJson(response, success({})));
    await bank.provider.unlink(connection, testContext());
    expect(bank.bodies('customers/disconnect')).toEqual([{ customer: CUSTOMER, bank: BANK }]);
    await using unknown = await startScriptedBank(unknownCustomer);
    await unknown.provider.unlink(connection, testContext());
    await using broken = await startScriptedBank((response) => answerJson(response, {}, 404));
    expect(await errorOf(broken.provider.unlink(connection, testContext()))).toMatchObject({
      code: 'endpoint_unknown',
    });
  });

  it('refuses credentials that are not its own', async () => {
    await using bank = await startScriptedBank(accountsAnswer);
    const strange = { ...connection, credentials: { token: 'x' } };
    const error = await errorOf(bank.provider.listAccounts(strange, testContext()));
    expect(error).toMatchObject({ kind: 'bug', code: 'credentials_malformed' });
  });
});
