import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** Processor time since the process began, in seconds. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

/** Of a process and its children, from Linux's /proc. Memory that they share counts for each. */
export function usageOf(pid: number): Usage {
  return [pid, ...childrenOf(pid)].map(ownUsage).reduce((sum, one) => ({
    cpuSeconds: sum.cpuSeconds + one.cpuSeconds,
    rssBytes: sum.rssBytes + one.rssBytes,
  }));
}

function ownUsage(pid: number): Usage {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? '0';
    const fields = statOf(pid);
    // Its own, in user and in kernel mode, and of the children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { cpuSeconds: ticks / TICKS, rssBytes: Number(rss) * 1024 };
  } catch {
    // It has ended in the meantime.
    return { cpuSeconds: 0, rssBytes: 0 };
  }
}

/** The fields after the name, which may itself hold spaces: state, parent, … */
function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(statOf(pid)[1]) === parent;
      } catch {
        return false;
      }
    });
}
