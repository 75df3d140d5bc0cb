import { connect, type Socket } from "node:net";

/** What the guest prints, a line of JSON each. Latencies are by the guest's own clock. */
export type GuestLine = GuestEvent | GuestWindow;

export interface GuestEvent {
  /** `boot`, `plugged`, `unplugged`, `set`, `unknown`, `power off`, `no driver`. */
  readonly event: string;
  readonly disk?: string;
  readonly word?: string;
  readonly [field: string]: unknown;
}

/** One disk in one window of load. */
export interface GuestWindow {
  readonly window: number;
  readonly disk: string;
  readonly depth: number;
  /** Microseconds that the load ran. */
  readonly us: number;
  readonly requests: number;
  readonly errors: number;
  /** Absent when no request ended in the window; so are the others. */
  readonly meanNs?: number;
  readonly p50Ns?: number;
  readonly p90Ns?: number;
  readonly p99Ns?: number;
  readonly maxNs?: number;
}

export interface GuestConsole {
  /** All lines since the console was opened, oldest first. */
  readonly lines: readonly GuestLine[];
  /** The first line that passes, among those from index `from` on; absent: those to come. @throws Error in time */
  waitFor(what: string, test: (line: GuestLine) => boolean, options?: WaitOptions): Promise<GuestLine>;
  /** The windows of all disks in the next `count` windows that begin from now on. */
  windows(count: number, timeoutMs?: number): Promise<readonly GuestWindow[]>;
  /** Sets words like `depth=4 disk.log=16` and waits until the guest has them. @throws Error for unknown ones */
  set(words: string): Promise<void>;
  close(): void;
}

export interface WaitOptions {
  readonly from?: number;
  /** Absent: 20 000. */
  readonly timeoutMs?: number;
}

/**
 * Reads a guest's serial port, a Unix socket of QEMU, and always drains it: a port that nobody empties stops
 * the guest, and so does a test that blocks Node, as execSync does. It waits for the socket to come and opens
 * it again after each power cycle.
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

/** For lines that tell of that event; `disk`: of that disk, absent: of any. */
export function isEvent(event: string, disk?: string): (line: GuestLine) => boolean {
  return (line) => "event" in line && line.event === event && (disk === undefined || line.disk === disk);
}

/** A line that was cut by a power cycle, or that firmware printed, is none. */
function parseLine(text: string): GuestLine[] {
  try {
    return text.startsWith("{") ? [JSON.parse(text) as GuestLine] : [];
  } catch {
    return [];
  }
}
