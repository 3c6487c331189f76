import type { Control } from './control/control.ts';

/** A running fake of Plaid. */
export interface PlaidFake {
  /** Such as `http://127.0.0.1:41234`: the `basePath` of a client. */
  readonly url: string;
  readonly clientId: string;
  readonly secret: string;
  readonly control: Control;
  close(): Promise<void>;
}
