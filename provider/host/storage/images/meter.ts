import type { Show } from "../../../plan/storage/progress.ts";
import { describeProgress } from "../../../plan/storage/progress.ts";

/** Milliseconds between two lines. */
const pauseMs = 1000;

/** Gets the bytes done and, where it is known, the number of all. */
export type Meter = (done: number, total: number | null) => void;

/** Shows how far a transfer is, once per second at most: `sending the image: 120 MiB of 416 MiB (28 %), 61 MiB/s, 5 s left`. */
export function meter(what: string, show: Show): Meter {
  const began = Date.now();
  let last = began;
  return (done, total) => {
    const now = Date.now();
    if (now - last < pauseMs) return;
    last = now;
    show(`${what}: ${describeProgress(done, total, (now - began) / 1000)}`);
  };
}
