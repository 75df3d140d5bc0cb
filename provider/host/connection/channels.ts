/** Times that a server may refuse the only session there is before it counts as opening none: about 4 s. */
const patience = 12;

/** Bounds what one connection does at once: servers refuse sessions beyond their MaxSessions. */
export class Channels {
  #limit: number;
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs `use` when there is room; when `use` ends with "refused", waits until one closed and tries again.
   * "refused" comes back when there is nothing left to wait for.
   */
  async run<T>(use: () => Promise<T | "refused">): Promise<T | "refused"> {
    for (let refusals = 0; ; ) {
      if (this.#open >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#open += 1;
      try {
        const result = await use();
        if (result !== "refused") return result;
        if (this.#open === 1) refusals += 1;
        if (refusals >= patience) return "refused";
        this.#limit = Math.max(1, this.#open - 1);
        // A server may count a session for a moment after its channel has closed.
        await new Promise((resolve) => setTimeout(resolve, 50 * Math.max(1, refusals)));
      } finally {
        this.#open -= 1;
        this.#waiting.shift()?.();
      }
    }
  }
}
