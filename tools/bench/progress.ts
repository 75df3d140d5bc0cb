import { acts } from "./acts.ts";
import type { Scale } from "./sections.ts";

/** Seconds for one run of the engine with this many guests, on two idle CPUs of 2022. */
const secondsOf = (guests: number) => 2.2 + 0.02 * guests;
const runs = (count: number, guests: number) => count * secondsOf(guests);

/** Approximate seconds for each part. */
const estimates: Readonly<Record<string, (scale: Scale) => number>> = {
  images: ({ rounds }) => 15 + 12 * rounds,
  paths: ({ rounds }) => 10 + 8 * rounds,
  plan: () => 12,
  guests: ({ guests, delayedGuests, delaysMs }) =>
    guests.reduce((sum, { count, rounds }) => {
      const delayed = delayedGuests.includes(count) ? rounds * (delaysMs.length + 1) : 0;
      return sum + runs(2 * (rounds * acts.length + delayed + 3), count) + 0.2 * count;
    }, 5),
  // The engine rewrites its whole state each time a resource is created or deleted.
  many: ({ manyGuests }) =>
    manyGuests === 0 ? 0 : 10 + runs(2 * acts.length, manyGuests) + 4 * 0.12 * manyGuests,
  hosts: ({ hosts, guestsPerHost, rounds }) =>
    hosts.reduce((sum, count) => {
      const previews = rounds * (count === 1 || rounds === 1 ? 2 : count <= 10 ? 5 : 4);
      return sum + count + runs(previews + 3, count * guestsPerHost * 1.5);
    }, 0),
  options: ({ options, rounds }) => (options ? 10 + runs(8 * rounds + 3, 20) : 0),
  fronts: ({ frontsGuests, rounds }) =>
    frontsGuests.reduce((sum, count) => sum + 10 + runs(4 * rounds, count) + runs(16, 2), 0),
  storage: ({ storage, rounds }) =>
    storage.reduce((sum, { overlays, guests }) => sum + 10 + runs(2 * rounds + 4, overlays + guests), 0),
};

/** Reports the progress of a bench, from the estimates and from how much slower this machine is. */
export class Progress {
  readonly #parts: readonly { readonly name: string; readonly seconds: number }[];
  readonly #start = performance.now();
  #past = 0;

  constructor(parts: readonly string[], scale: Scale) {
    this.#parts = parts.map((name) => ({ name, seconds: estimates[name]?.(scale) ?? 60 }));
  }

  /** Prints the estimates before anything has run. */
  printPlan(): string {
    const each = this.#parts.map(({ name, seconds }) => `${name} ${printMinutes(seconds)}`);
    return `about ${printMinutes(this.#left())} on a quiet machine of two CPUs: ${each.join(", ")}`;
  }

  begin(name: string): string {
    const at = this.#parts.findIndex((part) => part.name === name);
    this.#past = this.#parts.slice(0, at).reduce((sum, { seconds }) => sum + seconds, 0);
    const spent = (performance.now() - this.#start) / 1000;
    const slower = this.#past > 0 ? Math.max(1, spent / this.#past) : 1;
    return `part ${at + 1} of ${this.#parts.length}, ${name}; about ${printMinutes(this.#left() * slower)} left`;
  }

  #left(): number {
    return this.#parts.reduce((sum, { seconds }) => sum + seconds, 0) - this.#past;
  }
}

function printMinutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
