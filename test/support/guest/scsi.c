#include "scsi.h"

enum { TEST = 0x00, INQUIRY = 0x12, READ_CAPACITY = 0x25, READ_10 = 0x28, WRITE_10 = 0x2a, REPORT_LUNS = 0xa0 };
enum { SERIAL_PAGE = 0x80 };
enum { GOOD = 0, ABORTED = 2, BAD_TARGET = 3, CHECK_CONDITION = 2 };
enum { SENSE_KEY = 2, SENSE_CODE = 12, UNIT_ATTENTION = 6, NO_SUCH_LUN = 0x25 };
/* libvirt numbers targets and units of virtio-scsi disks from 0; test guests are small. */
#define TARGETS 4
#define LIST_BYTES 128

static u32 big_endian(const u8 *at) { return at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]; }

static void set_big_endian(u8 *at, u32 value) {
  for (int byte = 0; byte < 4; byte++) at[byte] = value >> (24 - 8 * byte);
}

static int put(struct request *request, u8 target, u16 lun, const u8 cdb[10], u32 bytes, int is_write) {
  memset(&request->command.scsi, 0, sizeof request->command.scsi);
  request->command.scsi.lun[0] = 1;
  request->command.scsi.lun[1] = target;
  request->command.scsi.lun[2] = 0x40 | lun >> 8;
  request->command.scsi.lun[3] = lun;
  request->command.scsi.tag = (u64)request;
  memcpy(request->command.scsi.cdb, cdb, 10);
  struct part command = {&request->command.scsi, sizeof request->command.scsi, 0};
  struct part answer = {&request->answer.scsi, sizeof request->answer.scsi, 1};
  struct part data = {request->data, bytes, !is_write};
  struct part parts[PARTS] = {command, is_write ? data : answer, is_write ? answer : data};
  return queue_put(disk_queue(request), parts, request);
}

int scsi_put(struct request *request, int is_write, u64 sector, u32 bytes) {
  u8 cdb[10] = {is_write ? WRITE_10 : READ_10};
  set_big_endian(cdb + 2, sector);
  cdb[8] = bytes / SECTOR;
  return put(request, request->disk->target, request->disk->lun, cdb, bytes, is_write);
}

enum outcome scsi_outcome(const struct request *request) {
  const u8 *sense = request->answer.scsi.sense;
  if (request->answer.scsi.response == BAD_TARGET) return GONE;
  /* We never abort requests. QEMU reports this for requests in flight on a disk that is removed. */
  if (request->answer.scsi.response == ABORTED) return GONE;
  if (request->answer.scsi.response != GOOD) return FAILED;
  if (request->answer.scsi.status == GOOD) return DONE;
  if (request->answer.scsi.status != CHECK_CONDITION) return FAILED;
  if ((sense[SENSE_KEY] & 0xf) == UNIT_ATTENTION) return AGAIN;
  return sense[SENSE_CODE] == NO_SUCH_LUN ? GONE : FAILED;
}

/* Asks again when the controller only reports a change, as it does after every hot-plug. */
static int ask(struct request *request, u8 target, u16 lun, const u8 cdb[10], u32 bytes) {
  for (int attempt = 0; attempt < 8; attempt++) {
    memset(request->data, 0, bytes);
    if (!put(request, target, lun, cdb, bytes, 0) || !disk_wait(request)) return 0;
    if (scsi_outcome(request) == DONE) return 1;
    if (scsi_outcome(request) != AGAIN) return 0;
  }
  return 0;
}

static void add(struct device *device, u8 target, u16 lun) {
  for (struct disk *disk = disks; disk < disks + DISKS; disk++) {
    if (disk->is_used && disk->device == device && disk->target == target && disk->lun == lun) return;
  }
  struct disk *disk = disk_add(device, target, lun);
  if (!disk) return;
  struct request *request = &disk->requests[DEPTH];
  const u8 serial[10] = {INQUIRY, 1, SERIAL_PAGE, 0, 64}, capacity[10] = {READ_CAPACITY}, test[10] = {TEST};
  if (ask(request, target, lun, serial, 64) && request->data[3] > 0) {
    u32 length = request->data[3] < 39 ? request->data[3] : 39;
    memcpy(disk->name, request->data + 4, length);
    disk->name[length] = 0;
  }
  if (!ask(request, target, lun, test, 0) || !ask(request, target, lun, capacity, 8)) return disk_remove(disk);
  disk->sectors = (u64)big_endian(request->data) + 1;
  disk_announce(disk);
}

void scsi_find(struct device *device) {
  static struct disk asker;
  static u8 data[LIST_BYTES];
  struct request *request = &asker.requests[0];
  asker.device = device;
  request->disk = &asker;
  request->data = data;
  u8 cdb[12] = {REPORT_LUNS};
  cdb[9] = LIST_BYTES;
  for (u8 target = 0; target < TARGETS; target++) {
    u32 found = 0;
    if (ask(request, target, 0, cdb, LIST_BYTES)) {
      for (u32 at = 0; at < big_endian(data) && at + 16 <= LIST_BYTES; at += 8) found |= 1u << (data[8 + at + 1] & 31);
    }
    for (struct disk *disk = disks; disk < disks + DISKS; disk++) {
      int is_here = disk->is_used && disk->device == device && disk->target == target;
      /* Drop a removed disk even if another has taken its place since the last look. */
      if (is_here && (disk->is_gone || !(found >> disk->lun & 1))) disk_remove(disk);
    }
    for (u16 lun = 0; lun < 32; lun++)
      if (found >> lun & 1) add(device, target, lun);
  }
}
