/** Latencies of a disk's requests by size, as QEMU counts them: one bin more than boundaries. */
export interface LatencyHistogram {
  /** Nanoseconds, ascending; bin 0 is below the first, the last bin from the last on. */
  readonly boundariesNs: readonly number[];
  readonly bins: readonly number[];
}

/** From 1 µs to about 4 s, four for each doubling: a percentile is known to 19 %. */
export const latencyBoundariesNs: readonly number[] = Array.from({ length: 89 }, (_, index) =>
  Math.round(1000 * 2 ** (index / 4)),
);

/** Reads, writes and flushes as one; they have the same boundaries. Null without any. */
export function sumHistograms(histograms: readonly LatencyHistogram[]): LatencyHistogram | null {
  const [first, ...rest] = histograms;
  if (!first) return null;
  const bins = first.bins.map((count, index) =>
    rest.reduce((sum, { bins }) => sum + (bins[index] ?? 0), count),
  );
  return { boundariesNs: first.boundariesNs, bins };
}

/** The upper boundary of the bin that the percentile falls in, in µs; null without requests or beyond the last boundary. */
export function percentileUs({ boundariesNs, bins }: LatencyHistogram, percent: number): number | null {
  const wanted = (bins.reduce((sum, count) => sum + count, 0) * percent) / 100;
  let seen = 0;
  for (const [index, count] of bins.entries()) {
    seen += count;
    if (seen === 0 || seen < wanted) continue;
    const boundary = boundariesNs[index];
    return boundary === undefined ? null : boundary / 1000;
  }
  return null;
}
