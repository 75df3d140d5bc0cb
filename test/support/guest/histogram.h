/* Latencies of one disk in one window, counted in buckets 3 % wide, which makes percentiles cheap. */
#pragma once
#include "machine.h"

struct histogram {
  u32 buckets[1024];
  u64 count, sum;
  u64 largest;
};

void histogram_add(struct histogram *histogram, u64 cycles);
/* `,"meanNs":…,"p50Ns":…,"p90Ns":…,"p99Ns":…,"maxNs":…`; prints nothing when empty. */
void histogram_print(const struct histogram *histogram);
