#include "settings.h"
#include "console.h"
#include "disk.h"

struct settings settings = {.depth = 1, .mode = READS, .block_bytes = 4096, .window_ms = 200};

static struct own_depth {
  char disk_name[40];
  u32 depth;
} own_depths[DISKS];

static u32 at_most(u32 limit, u32 value) { return value < limit ? value : limit; }

static u32 number(const char *text) {
  u32 value = 0;
  while (*text >= '0' && *text <= '9') value = value * 10 + *text++ - '0';
  return value;
}

/* Returns the text after `prefix`, or null. */
static const char *after(const char *word, const char *prefix) {
  while (*prefix)
    if (*word++ != *prefix++) return 0;
  return word;
}

/* Parses `disk.NAME=DEPTH` without the prefix. Returns 0 when there is no room or no "=". */
static int take_own_depth(const char *word) {
  char name[40];
  u32 length = 0;
  while (word[length] && word[length] != '=' && length < sizeof name - 1) {
    name[length] = word[length];
    length++;
  }
  name[length] = 0;
  if (word[length] != '=') return 0;
  for (struct own_depth *own = own_depths; own < own_depths + DISKS; own++) {
    if (own->disk_name[0] && !is_same(own->disk_name, name)) continue;
    memcpy(own->disk_name, name, sizeof name);
    own->depth = at_most(DEPTH, number(word + length + 1));
    return 1;
  }
  return 0;
}

static int take_word(const char *word) {
  const char *value;
  if ((value = after(word, "depth="))) settings.depth = at_most(DEPTH, number(value));
  else if ((value = after(word, "mode="))) settings.mode = *value == 'w' ? WRITES : *value == 'm' ? MIXED : READS;
  else if ((value = after(word, "block="))) settings.block_bytes = at_most(BLOCK_BYTES, number(value)) & ~(SECTOR - 1);
  else if ((value = after(word, "window="))) settings.window_ms = number(value);
  else if ((value = after(word, "think="))) settings.think_us = number(value);
  else if ((value = after(word, "span="))) settings.span_mib = number(value);
  else if ((value = after(word, "disk."))) return take_own_depth(value);
  else return 0;
  if (settings.block_bytes == 0) settings.block_bytes = SECTOR;
  return 1;
}

void settings_take(const char *line) {
  while (*line) {
    char word[80];
    u32 length = 0;
    while (*line == ' ') line++;
    while (*line && *line != ' ') {
      if (length < sizeof word - 1) word[length++] = *line;
      line++;
    }
    word[length] = 0;
    /* QEMU puts the image's path before the command line. */
    if (length == 0 || word[0] == '/') continue;
    int is_known = take_word(word);
    print_event(is_known ? "set" : "unknown");
    print(",\"word\":\"");
    print(word);
    print("\"");
    print_end();
  }
}

u32 settings_depth_of(const char *disk_name) {
  for (struct own_depth *own = own_depths; own < own_depths + DISKS; own++)
    if (own->disk_name[0] && is_same(own->disk_name, disk_name)) return own->depth;
  return settings.depth;
}
