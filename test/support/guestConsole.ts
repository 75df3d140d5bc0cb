import { connect, type Socket } from "node:net";

/** A line of JSON that the guest prints. Latencies are by the guest's own clock. */
export type GuestLine = GuestEvent | GuestWindow;

export interface GuestEvent {
  /** `boot`, `plugged`, `unplugged`, `resized`, `set`, `unknown`, `power off`, `no driver`. */
  readonly event: string;
  readonly disk?: string;
  readonly word?: string;
  readonly [field: string]: unknown;
}

/** The load on one disk in one time window. */
export interface GuestWindow {
  readonly window: number;
  readonly disk: string;
  readonly depth: number;
  /** Microseconds that the load ran. */
  readonly us: number;
  readonly requests: number;
  readonly errors: number;
  /** Like the figures below, omitted when no request ended in the window. */
  readonly meanNs?: number;
  readonly p50Ns?: number;
  readonly p90Ns?: number;
  readonly p99Ns?: number;
  readonly maxNs?: number;
}

export interface GuestConsole {
  /** All lines since the console was opened, oldest first. */
  readonly lines: readonly GuestLine[];
  /**
   * Returns the first line from index `from` on that passes. Default: lines still to come. @throws Error on
   * timeout
   */
  waitFor(what: string, test: (line: GuestLine) => boolean, options?: WaitOptions): Promise<GuestLine>;
  /** Returns the results of all disks for the next `count` windows that start from now on. */
  windows(count: number, timeoutMs?: number): Promise<readonly GuestWindow[]>;
  /**
   * Sets words such as `depth=4 disk.log=16` and waits until the guest has them. @throws Error for unknown
   * words
   */
  set(words: string): Promise<void>;
  close(): void;
}

export interface WaitOptions {
  readonly from?: number;
  /** Default: 20 000. */
  readonly timeoutMs?: number;
}

/**
 * Reads a guest's serial port, a Unix socket of QEMU. Waits until the socket exists, and reopens it after
 * each power cycle. It reads all the time, because a port that nobody drains stops the guest. A test that
 * blocks Node, for example with execSync, stops the guest too.
 */
export function openConsole(path: string): GuestConsole {
  const lines: GuestLine[] = [];
  const waiting = new Set<() => void>();
  let socket: Socket | null = null;
  let isClosed = false;

  const open = (): void => {
    let rest = "";
    const made = connect(path);
    socket = made;
    made.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts.flatMap(parseLine));
      for (const look of [...waiting]) look();
    });
    made.on("error", () => {});
    made.on("close", () => {
      if (!isClosed) setTimeout(open, 50);
    });
  };
  open();

  const until = <T>(what: string, timeoutMs: number, find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        finish();
        resolve(found);
      };
      const timer = setTimeout(() => {
        finish();
        const tail = lines.slice(-8).map((line) => JSON.stringify(line));
        reject(
          new Error([`${what}: not within ${timeoutMs / 1000} s; the guest said last:`, ...tail].join("\n")),
        );
      }, timeoutMs);
      const finish = (): void => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    });

  return {
    lines,
    waitFor: (what, test, { from = lines.length, timeoutMs = 20_000 } = {}) =>
      until(what, timeoutMs, () => lines.slice(from).find(test)),
    windows: (count, timeoutMs = 20_000 + count * 2_000) => {
      const from = lines.length;
      return until(`${count} windows`, timeoutMs, () => {
        const seen = lines.slice(from).filter(isWindow);
        const first = seen[0]?.window ?? 0;
        const isOver = seen.some(({ window }) => window > first + count);
        return isOver ? seen.filter(({ window }) => window > first && window <= first + count) : undefined;
      });
    },
    set: async (words) => {
      const from = lines.length;
      socket?.write(`${words}\n`);
      for (const word of words.split(" ").filter((each) => each !== "")) {
        const answer = (line: GuestLine): boolean => !isWindow(line) && line.word === word;
        const said = (await until(`setting ${word}`, 20_000, () =>
          lines.slice(from).find(answer),
        )) as GuestEvent;
        if (said.event !== "set") throw new Error(`the guest knows no setting ${word}`);
      }
    },
    close: () => {
      isClosed = true;
      socket?.destroy();
    },
  };
}

export function isWindow(line: GuestLine): line is GuestWindow {
  return "window" in line;
}

/** Matches lines about an event. `disk` limits them to one disk. Default: any disk. */
export function isEvent(event: string, disk?: string): (line: GuestLine) => boolean {
  return (line) => "event" in line && line.event === event && (disk === undefined || line.disk === disk);
}

/** Ignores a line that a power cycle cut off, or that firmware printed. */
function parseLine(text: string): GuestLine[] {
  try {
    return text.startsWith("{") ? [JSON.parse(text) as GuestLine] : [];
  } catch {
    return [];
  }
}
