/** The same amount with the other sign, digit by digit. */
export function negated(amount: string): string {
  if (/^-?0*(\.0*)?$/.test(amount)) return amount.replace('-', '');
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

/** Hundredths, as an exact whole number. */
export function minorOf(amount: string): number {
  const [whole = '0', part = ''] = amount.split('.');
  const minor = Number(`${whole}${part.padEnd(2, '0')}`);
  if (part.length > 2 || !Number.isSafeInteger(minor))
    throw new Error(`${amount} is not in hundredths`);
  return minor;
}

/** The amount of so many hundredths. */
export function majorOf(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
