/** Request latencies of a disk as QEMU counts them. There is one bin more than there are boundaries. */
export interface LatencyHistogram {
  /** Nanoseconds, ascending. Bin 0 holds latencies below the first boundary, the last bin those from the last one up. */
  readonly boundariesNs: readonly number[];
  readonly bins: readonly number[];
}

/** Boundaries from 1 µs to about 4 s, four per doubling, so a percentile is known to 19 %. */
export const latencyBoundariesNs: readonly number[] = Array.from({ length: 89 }, (_, index) =>
  Math.round(1000 * 2 ** (index / 4)),
);

/** Adds up histograms, as of reads, writes and flushes; they must have the same boundaries. `null` for an empty list. */
export function sumHistograms(histograms: readonly LatencyHistogram[]): LatencyHistogram | null {
  const [first, ...rest] = histograms;
  if (!first) return null;
  const bins = first.bins.map((count, index) =>
    rest.reduce((sum, { bins }) => sum + (bins[index] ?? 0), count),
  );
  return { boundariesNs: first.boundariesNs, bins };
}

/**
 * Returns the upper boundary, in µs, of the bin that holds the percentile; `null` without requests or beyond the last
 * boundary.
 */
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
