import { DAY } from '../clock.ts';

const LEAST_ATTEMPTS = 10;
const MOST = 0.9;

/** Of a client's answers to webhooks within the last day. */
export interface Rejections {
  note(rejected: boolean): void;
  /** More than nine of ten. */
  areMost(): boolean;
}

export function createRejections(): Rejections {
  let answers: { readonly at: number; readonly rejected: boolean }[] = [];
  return {
    note(rejected) {
      answers.push({ at: Date.now(), rejected });
    },
    areMost() {
      answers = answers.filter(({ at }) => at > Date.now() - DAY);
      const rejected = answers.filter((answer) => answer.rejected).length;
      return answers.length >= LEAST_ATTEMPTS && rejected > MOST * answers.length;
    },
  };
}
