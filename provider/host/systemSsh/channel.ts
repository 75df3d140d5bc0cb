import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { Duplex, PassThrough } from "node:stream";
import { endSsh } from "./end.ts";

/** Whether a session began: "open", or ssh's error. */
export type Opening = "open" | Error;

/** Exit code of ssh when ssh itself failed, not the command. */
const ownFailure = 255;

/**
 * A session: one `ssh` process that passes its input and output to the open connection. The session is open when the
 * remote shell has printed the mark; output before that is the login's. Emits "exit" when the command exits by
 * itself.
 */
export class SystemChannel extends Duplex {
  readonly stderr = new PassThrough();
  readonly #child: ChildProcessWithoutNullStreams;
  #tell: ((opening: Opening) => void) | null;
  /** Output before the mark. */
  #before = "";
  #said = "";

  constructor(child: ChildProcessWithoutNullStreams, mark: string, tell: (opening: Opening) => void) {
    super();
    this.#child = child;
    this.#tell = tell;
    child.stdin.on("error", () => {});
    child.stdout.on("data", (chunk: Buffer) => this.#take(chunk, `${mark}\n`));
    child.stderr.on("data", (chunk: Buffer) => {
      this.#said = `${this.#said}${chunk}`.slice(-4000);
    });
    child.stderr.pipe(this.stderr);
    child.on("error", (cause) => this.#begin(cause));
    child.on("close", (code) => {
      const isEnd = code !== null && code !== ownFailure;
      this.#begin(isEnd ? "open" : openingError(this.#said));
      if (isEnd) this.emit("exit", code);
      // Read both outputs to the end before the session counts as closed.
      this.once("end", () => this.destroy());
      if (this.stderr.readableEnded) this.push(null);
      else this.stderr.once("end", () => this.push(null));
    });
  }

  #begin(opening: Opening): void {
    this.#tell?.(opening);
    this.#tell = null;
  }

  #take(chunk: Buffer, mark: string): void {
    if (this.#tell === null) {
      if (!this.push(chunk)) this.#child.stdout.pause();
      return;
    }
    this.#before = `${this.#before}${chunk.toString("latin1")}`.slice(-100_000);
    const at = this.#before.indexOf(mark);
    if (at < 0) return;
    const rest = Buffer.from(this.#before.slice(at + mark.length), "latin1");
    this.#before = "";
    this.#begin("open");
    if (rest.length > 0) this.push(rest);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    // Fails where ssh has ended already, as beside other load: what the session said counts, not whether it read all.
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    endSsh(this.#child);
    done(error);
  }

  /** Ends the session, even while a command runs. */
  close(): void {
    endSsh(this.#child);
  }
}

/** Makes ssh's message an error. It has ssh2's words when the server allows no more sessions. */
function openingError(said: string): Error {
  const isRefused = /Session open refused by peer|session request failed/.test(said);
  return new Error(isRefused ? `Channel open failure: ${said.trim()}` : said.trim() || "ssh ended");
}
