/*
 * A test guest that does real I/O: it keeps requests in flight on each of its disks, prints their latencies
 * window by window, and reacts to hot-plug, hot-unplug and the power button. It polls for completions, so it
 * measures the way from its doorbell through QEMU's thread and back, without interrupts. Its vCPU is busy as long
 * as a disk has load.
 */
#include "acpi.h"
#include "console.h"
#include "disk.h"
#include "halt.h"
#include "settings.h"

/* How long the load runs between two checks for the host's requests. */
#define LAP_MS 100
#define MULTIBOOT_HAS_COMMAND_LINE 4

static u32 random(void) {
  static u32 state = 2463534242u;
  state ^= state << 13;
  state ^= state >> 17;
  return state ^= state << 5;
}

/* Median of five, because the host may preempt the guest between its two clocks. */
static u64 measure_cycles_per_us(void) {
  u64 found[5];
  for (int count = 0; count < 5; count++) {
    u64 begin = cycles();
    u32 us = acpi_wait_us(10000);
    u64 value = (cycles() - begin) / us;
    int at = count;
    for (; at > 0 && found[at - 1] > value; at--) found[at] = found[at - 1];
    found[at] = value;
  }
  return found[2];
}

static void load_disk(struct disk *disk, u64 now) {
  u64 sectors = settings.span_mib ? (u64)settings.span_mib * (1024 * 1024 / SECTOR) : disk->sectors;
  if (sectors > disk->sectors) sectors = disk->sectors;
  u32 sectors_of_block = settings.block_bytes / SECTOR;
  u64 blocks = sectors / sectors_of_block;
  if (blocks == 0 || disk->is_gone) return;
  for (u32 slot = 0; slot < disk->depth; slot++) {
    struct request *request = &disk->requests[slot];
    if (request->is_under_way) continue;
    if (settings.think_us && now < request->rests_until + settings.think_us * cycles_per_us) continue;
    int is_write = settings.mode == WRITES || (settings.mode == MIXED && (random() & 1));
    if (!disk_transfer(request, is_write, random() % blocks * sectors_of_block, settings.block_bytes)) return;
  }
}

static int has_load(void) {
  for (struct disk *disk = disks; disk < disks + DISKS; disk++)
    if (disk->is_used && !disk->is_gone && disk->depth > 0) return 1;
  return 0;
}

/* Returns the cycles that the load ran. */
static u64 run_lap(u32 milliseconds) {
  u64 begin = cycles(), end = begin + milliseconds * 1000ul * cycles_per_us;
  for (u64 now = begin; now < end; now = cycles()) {
    disks_reap();
    for (struct disk *disk = disks; disk < disks + DISKS; disk++)
      if (disk->is_used) load_disk(disk, now);
    disks_ring();
  }
  disks_drain();
  return cycles() - begin;
}

static void print_window(u64 window, u64 us, const struct disk *disk) {
  print("{\"window\":");
  print_number(window);
  print(",\"disk\":\"");
  print(disk->name);
  print("\"");
  print_field("depth", disk->depth);
  print_field("us", us);
  print_field("requests", disk->latencies.count);
  print_field("errors", disk->errors);
  histogram_print(&disk->latencies);
  print_end();
}

static void answer_host(void) {
  if (acpi_wants_power_off()) {
    print_event("power off");
    print_end();
    acpi_power_off();
  }
  if (acpi_wants_device()) {
    acpi_eject();
    disks_forget();
  }
  if (acpi_has_new_device()) disks_find();
  disks_find_scsi();
  disks_measure();
  for (const char *line; (line = console_line());) settings_take(line);
}

static void run_window(u64 window) {
  u64 run = 0;
  for (struct disk *disk = disks; disk < disks + DISKS; disk++) {
    disk->depth = settings_depth_of(disk->name);
    disk->errors = 0;
    memset(&disk->latencies, 0, sizeof disk->latencies);
  }
  for (u32 left = settings.window_ms; left > 0;) {
    u32 longest = has_load() ? LAP_MS : TICK_MS;
    u32 lap = left < longest ? left : longest;
    if (has_load()) run += run_lap(lap);
    else halt();
    answer_host();
    left -= lap;
  }
  for (struct disk *disk = disks; disk < disks + DISKS; disk++)
    if (disk->is_used) print_window(window, run / cycles_per_us, disk);
}

void guest_main(const u32 *multiboot) {
  console_start();
  acpi_start();
  halt_start();
  cycles_per_us = measure_cycles_per_us();
  print_event("boot");
  print_field("cyclesPerUs", cycles_per_us);
  print_end();
  if (multiboot[0] & MULTIBOOT_HAS_COMMAND_LINE) settings_take((const char *)(u64)multiboot[4]);
  disks_find();
  for (u64 window = 0;; window++) run_window(window);
}
