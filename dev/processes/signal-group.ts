/**
 * Sends a signal to the process `pid`; SIGKILL goes to its whole process group, so that nothing it
 * started outlives it. A process that is gone is no error.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
