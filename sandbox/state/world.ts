import { createRandom, seedState, type Random } from '../random.ts';
import { applyOp } from './apply-op.ts';
import type { Journal } from './journal.ts';
import type { Op } from './op.ts';
import type { State } from './state.ts';

/** The bank's state and the one way to change it. */
export interface World {
  readonly state: Readonly<State>;
  /** Makes a change. Only inside `change`. */
  apply(op: Op): void;
  /**
   * Random numbers that depend only on the seed, `path`, and how many were drawn from it before.
   */
  random(path: string): Random;
  /** A moment later than every one before. */
  tick(): number;
  /** Runs `work`; what it changed is kept together across a restart. May be nested. */
  change<T>(work: () => T): T;
}

/** `journal` null keeps nothing beyond this process. */
export function createWorld(state: State, journal: Journal | null): World {
  let depth = 0;
  let ops: Op[] = [];
  const drawnFrom = new Set<string>();

  const flush = (): void => {
    if (journal === null) return;
    const changed = ops;
    ops = [];
    for (const path of drawnFrom) {
      const words = state.randoms.get(path);
      if (words !== undefined) changed.push({ op: 'random', path, state: words });
    }
    drawnFrom.clear();
    if (changed.length === 0) return;
    journal.append([...changed, { op: 'clock', state: state.clock.state }]);
  };

  return {
    state,
    apply(op) {
      if (depth === 0) throw new Error('a change outside of change()');
      applyOp(state, op);
      if (journal !== null) ops.push(op);
    },
    random(path) {
      let words = state.randoms.get(path);
      if (words === undefined) {
        words = seedState(`${state.seed}/${path}`);
        state.randoms.set(path, words);
      }
      if (journal !== null) drawnFrom.add(path);
      return createRandom(words);
    },
    tick: () => state.clock.tick(),
    change(work) {
      depth += 1;
      try {
        return work();
      } finally {
        depth -= 1;
        if (depth === 0) flush();
      }
    },
  };
}
