/* What load to make: words `name=value` from the command line or the console. */
#pragma once
#include "machine.h"

enum mode { READS, WRITES, MIXED };

struct settings {
  /* Requests under way for each disk; a disk of its own setting aside. */
  u32 depth;
  enum mode mode;
  u32 block_bytes;
  /* How long load runs before its latencies are printed. */
  u32 window_ms;
  /* Pause of each request slot after its request has ended. */
  u32 think_us;
  /* Only that much of each disk is used; 0: all of it. */
  u32 span_mib;
};

extern struct settings settings;

/* Takes a line of settings; words that are not known are told on the console. */
void settings_take(const char *line);
u32 settings_depth_of(const char *disk_name);
