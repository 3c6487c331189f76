/** What the demo links: invented people at invented banks of the sandbox. */
export interface DemoCustomer {
  /** Its connection in Freshet is found by this at later starts. */
  readonly reference: string;
  readonly name: string;
  /** The sandbox bank's slug of the institution. */
  readonly bank: string;
  readonly accounts: readonly {
    readonly type: 'Savings' | 'Current';
    readonly transactions: number;
  }[];
  /** As POST /v1/connections takes it; the default when not given. */
  readonly refresh?: { readonly interval: string };
}

export const DEMO_CUSTOMERS: readonly DemoCustomer[] = [
  {
    reference: 'demo-every-minute',
    name: 'Adaeze Okonkwo',
    bank: 'cowrie-trust',
    accounts: [{ type: 'Savings', transactions: 48 }],
    refresh: { interval: 'one_minute' },
  },
  {
    reference: 'demo-every-five-minutes',
    name: 'Tunde Balogun',
    bank: 'baobab-savings',
    accounts: [{ type: 'Current', transactions: 60 }],
    refresh: { interval: 'five_minute' },
  },
  {
    reference: 'demo-daily',
    name: 'Halima Sani',
    bank: 'harmattan-bank',
    accounts: [
      { type: 'Savings', transactions: 36 },
      { type: 'Current', transactions: 72 },
    ],
  },
];
