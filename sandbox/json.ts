import { formatMoney, type Money } from './money.ts';

// In Node since 21, and not in TypeScript's ES2024 library yet.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** A JSON number that goes over the wire with exactly the digits that it has here. */
export type WireNumber = { readonly wireNumber: unique symbol };

/** An amount as a JSON number, digit for digit: `12345678901234567.89` stays as it is. */
export function wireMoney(amount: Money): WireNumber {
  return rawJSON(formatMoney(amount)) as WireNumber;
}
