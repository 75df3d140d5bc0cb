/** What commands print, kept in memory up to a limit: a host that prints without end must not use up this machine. */
import type { Command } from "./connection.ts";

const MiB = 1024 * 1024;

/** Bytes of standard output per command: twice the 4 MiB that libvirt takes for one XML text, and as much again. */
const baseBytes = 16 * MiB;
/** Bytes of standard output of a whole script, however many domains it tells of: 2,000 with 64 KiB of XML each. */
const mostBytes = 128 * MiB;
/** Bytes of standard error of a whole script. */
const errorBytes = MiB;

/** What one script printed so far. */
export interface Output {
  /** False: this is beyond the limit and was not kept, nor is anything after it. */
  readonly stdout: (data: Buffer) => boolean;
  readonly stderr: (data: Buffer) => boolean;
  /** As text; undecodable bytes are replaced. */
  readonly read: () => { readonly stdout: string; readonly stderr: string };
}

export function keepOutput(commands: readonly Command[]): Output {
  const rows = commands.flatMap(({ allowance }) => allowance ?? []);
  const out = keep((printed) => Math.min(mostBytes, baseBytes * commands.length + allowed(rows, printed)));
  const err = keep(() => errorBytes);
  return {
    stdout: out.push,
    stderr: err.push,
    read: () => ({ stdout: out.read(), stderr: err.read() }),
  };
}

/** In words, for an error. */
export const outputLimit = `${baseBytes / MiB} MiB and what the number of its domains accounts for, ${mostBytes / MiB} MiB at most`;

/** Bytes that what was printed so far accounts for. */
function allowed(rows: readonly NonNullable<Command["allowance"]>[], printed: Buffer): number {
  return rows.reduce((sum, { each, bytes }) => sum + countOf(printed, each) * bytes, 0);
}

function countOf(printed: Buffer, text: string): number {
  let count = 0;
  for (let at = printed.indexOf(text); at >= 0; at = printed.indexOf(text, at + text.length)) count++;
  return count;
}

/** The limit is asked for only when the one before is reached: counting costs a look at all that was printed. */
function keep(limitOf: (printed: Buffer) => number) {
  let parts: Buffer[] = [];
  let size = 0;
  let limit = limitOf(Buffer.alloc(0));
  let isFull = false;
  return {
    push: (data: Buffer): boolean => {
      if (!isFull && size + data.length > limit) {
        parts = [Buffer.concat(parts)];
        limit = limitOf(parts[0] ?? Buffer.alloc(0));
      }
      isFull ||= size + data.length > limit;
      if (isFull) return false;
      parts.push(data);
      size += data.length;
      return true;
    },
    read: () => Buffer.concat(parts).toString(),
  };
}
