/** Bounds what one connection does at once: servers refuse sessions beyond their MaxSessions. */
export class Channels {
  #limit: number;
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `use` when there is room; when `use` ends with "refused", waits until one closed and tries again. */
  async run<T>(use: () => Promise<T | "refused">): Promise<T> {
    for (;;) {
      if (this.#open >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#open += 1;
      try {
        const result = await use();
        if (result !== "refused") return result;
        this.#limit = Math.max(1, this.#open - 1);
        // A server may count a session for a moment after its channel has closed.
        await new Promise((resolve) => setTimeout(resolve, 50));
      } finally {
        this.#open -= 1;
        this.#waiting.shift()?.();
      }
    }
  }
}
