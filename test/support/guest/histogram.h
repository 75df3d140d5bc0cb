/* Latencies of one disk in one window: counts in buckets that are 3 % wide, so that percentiles are cheap. */
#pragma once
#include "machine.h"

struct histogram {
  u32 buckets[1024];
  u64 count, sum;
  u64 largest;
};

void histogram_add(struct histogram *histogram, u64 cycles);
/* `,"meanNs":…,"p50Ns":…,"p90Ns":…,"p99Ns":…,"maxNs":…`; nothing when it is empty. */
void histogram_print(const struct histogram *histogram);
