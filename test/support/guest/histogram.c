#include "histogram.h"
#include "console.h"

/* Values below 32 have a bucket each. Above, each power of two has 32 buckets. */
static u32 bucket_of(u32 value) {
  if (value < 32) return value;
  u32 power = 31 - __builtin_clz(value);
  return (power - 4) * 32 + ((value >> (power - 5)) & 31);
}

static u64 middle_of(u32 bucket) {
  if (bucket < 32) return bucket;
  u32 power = bucket / 32 + 4;
  u64 width = 1ul << (power - 5);
  return (1ul << power) + (bucket % 32) * width + width / 2;
}

void histogram_add(struct histogram *histogram, u64 cycles) {
  u32 value = cycles > 0xffffffff ? 0xffffffff : cycles;
  histogram->buckets[bucket_of(value)]++;
  histogram->count++;
  histogram->sum += value;
  if (value > histogram->largest) histogram->largest = value;
}

static u64 nanoseconds(u64 cycles) { return cycles * 1000 / cycles_per_us; }

static u64 percentile(const struct histogram *histogram, u32 percent) {
  u64 wanted = histogram->count * percent / 100, seen = 0;
  for (u32 bucket = 0; bucket < 1024; bucket++) {
    seen += histogram->buckets[bucket];
    if (seen > wanted) return middle_of(bucket);
  }
  return histogram->largest;
}

void histogram_print(const struct histogram *histogram) {
  if (histogram->count == 0) return;
  print_field("meanNs", nanoseconds(histogram->sum / histogram->count));
  print_field("p50Ns", nanoseconds(percentile(histogram, 50)));
  print_field("p90Ns", nanoseconds(percentile(histogram, 90)));
  print_field("p99Ns", nanoseconds(percentile(histogram, 99)));
  print_field("maxNs", nanoseconds(histogram->largest));
}
