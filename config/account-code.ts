/**
 * Whether an error of the kind `gone` tells of one account, as `account_unknown` does, and nothing of the
 * connection's consent.
 */
export const isOfOneAccount = (errorCode: string): boolean => errorCode.startsWith('account_');
