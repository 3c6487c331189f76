export interface Progress {
  /** Does `work` and prints one line for it: the label, then how long it took. */
  readonly step: <T>(label: string, work: () => Promise<T>) => Promise<T>;
  /** Something to know in the middle of a step, on a line of its own. */
  readonly say: (line: string) => void;
}

export function createProgress(write: (text: string) => void): Progress {
  let open = false;
  return {
    step: async (label, work) => {
      const started = performance.now();
      write(`  ${label} `.padEnd(46, '.'));
      open = true;
      try {
        const result = await work();
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        write(`${open ? '' : `  ${label} `.padEnd(46, '.')} ${seconds} s\n`);
        return result;
      } catch (error) {
        write(`${open ? '' : `  ${label} `.padEnd(46, '.')} no\n`);
        throw error;
      } finally {
        open = false;
      }
    },
    say: (line) => {
      write(`${open ? '\n' : ''}    ${line}\n`);
      open = false;
    },
  };
}
