/** What is kept fresh about an account. The unit of a sync is one product of one account. */
export const PRODUCTS = ['balance', 'transaction'] as const;

export type Product = (typeof PRODUCTS)[number];
