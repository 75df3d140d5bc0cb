/** How often a server may refuse a session while none is open before we give up: about 4 s. */
const patience = 12;

/** Limits the sessions of one connection: servers refuse more than their MaxSessions. */
export class Channels {
  #limit: number;
  #open = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Runs `use` when there is room. If it returns "refused", waits until another session closes and tries again.
   * Returns "refused" when no other session is open and the server keeps refusing.
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
        // A server may still count a session for a moment after its channel has closed.
        await new Promise((resolve) => setTimeout(resolve, 50 * Math.max(1, refusals)));
      } finally {
        this.#open -= 1;
        this.#waiting.shift()?.();
      }
    }
  }
}
