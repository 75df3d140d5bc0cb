/* Settings of the load: words `name=value` from the command line or the console. */
#pragma once
#include "machine.h"

enum mode { READS, WRITES, MIXED };

struct settings {
  /* Requests in flight for each disk without its own setting. */
  u32 depth;
  enum mode mode;
  u32 block_bytes;
  /* How long the load runs before the guest prints its latencies. */
  u32 window_ms;
  /* How long each request slot pauses after its request has ended. */
  u32 think_us;
  /* How much of each disk the load uses; 0 means all. */
  u32 span_mib;
};

extern struct settings settings;

/* Applies a line of settings; reports unknown words on the console. */
void settings_take(const char *line);
u32 settings_depth_of(const char *disk_name);
