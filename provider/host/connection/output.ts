/** Keeps the output of commands in memory, up to a limit: endless output must not fill the memory of this machine. */
import type { Command } from "./connection.ts";

const MiB = 1024 * 1024;

/** Bytes of standard output per command: four times the 4 MiB that libvirt allows for one XML text. */
const baseBytes = 16 * MiB;
/** Bytes of standard output of a whole script, whatever its number of domains: 2,000 with 64 KiB of XML each. */
const mostBytes = 128 * MiB;
/** Bytes of standard error of a whole script. */
const errorBytes = MiB;

/** The output of one script so far. */
export interface Output {
  /** Returns false when the data exceeds the limit; then neither it nor anything after it is kept. */
  readonly stdout: (data: Buffer) => boolean;
  readonly stderr: (data: Buffer) => boolean;
  /** Returns the output as text; undecodable bytes are replaced. */
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

/** The limit in words, for error messages. */
export const outputLimit = `${baseBytes / MiB} MiB and what the number of its domains accounts for, ${mostBytes / MiB} MiB at most`;

/** Extra bytes that the allowances grant for the output so far. */
function allowed(rows: readonly NonNullable<Command["allowance"]>[], printed: Buffer): number {
  return rows.reduce((sum, { each, bytes }) => sum + countOf(printed, each) * bytes, 0);
}

function countOf(printed: Buffer, text: string): number {
  let count = 0;
  for (let at = printed.indexOf(text); at >= 0; at = printed.indexOf(text, at + text.length)) count++;
  return count;
}

/** Computes the limit again only when the last one is reached: that scans all output so far. */
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
