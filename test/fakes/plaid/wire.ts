import type { PlaidError } from 'plaid';

// In Node since 21, and not in TypeScript's ES2024 library yet.
const { rawJSON, isRawJSON } = JSON as unknown as {
  readonly rawJSON: (text: string) => unknown;
  readonly isRawJSON: (value: unknown) => boolean;
};

/** A JSON number that goes over the wire with exactly the digits that it has here. */
export type WireNumber = { readonly wireNumber: unique symbol };

/**
 * A shape of the `plaid` package as it is written here: enums as their strings, numbers also digit
 * for digit. So the compiler holds every answer of the fake against Plaid's own types.
 */
export type Wire<T> = T extends string
  ? `${T}`
  : T extends number
    ? number | WireNumber
    : T extends boolean | null | undefined
      ? T
      : T extends readonly (infer Element)[]
        ? readonly Wire<Element>[]
        : T extends object
          ? { readonly [Key in keyof T]: Wire<T[Key]> }
          : T;

export type WireError = Wire<PlaidError>;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * A decimal string as a JSON number, digit for digit. Throws a RangeError for anything else, such
 * as `1e3`, `.5` or `007`.
 */
export function wireAmount(text: string): WireNumber {
  if (!NUMBER.test(text)) throw new RangeError(`not a decimal amount: ${text}`);
  return rawJSON(text) as WireNumber;
}

export function wireAmountOrNull(text: string | null): WireNumber | null {
  return text === null ? null : wireAmount(text);
}

export function isWireNumber(value: unknown): value is WireNumber {
  return isRawJSON(value);
}
