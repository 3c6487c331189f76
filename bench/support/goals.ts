export interface Goal {
  readonly text: string;
  readonly reached: boolean;
}

export function atLeast(what: string, measured: number, goal: number): Goal {
  return { text: `${measured.toFixed(2)} ${what} (goal ${goal})`, reached: measured >= goal };
}

export function atMost(what: string, measured: number, goal: number): Goal {
  return { text: `${measured.toFixed(2)} ${what} (goal ≤ ${goal})`, reached: measured <= goal };
}

/** The last line of a benchmark. */
export function verdict(goals: readonly Goal[]): string {
  const isMissed = goals.some(({ reached }) => !reached);
  return `${isMissed ? 'GOALS MISSED' : 'goals reached'}: ${goals
    .map(({ text, reached }) => (reached ? text : `${text} MISSED`))
    .join('; ')}`;
}
