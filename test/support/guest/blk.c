#include "blk.h"

enum { TYPE_READ = 0, TYPE_WRITE = 1, TYPE_NAME = 8 };
#define NAME_BYTES 20
#define PENDING 0xff

static int put(struct request *request, u32 type, u64 sector, u32 bytes) {
  request->command.blk.type = type;
  request->command.blk.reserved = 0;
  request->command.blk.sector = sector;
  request->answer.blk = PENDING;
  struct part parts[PARTS] = {
      {&request->command.blk, sizeof request->command.blk, 0},
      {request->data, bytes, type != TYPE_WRITE},
      {&request->answer.blk, 1, 1},
  };
  return queue_put(disk_queue(request), parts, request);
}

int blk_put(struct request *request, int is_write, u64 sector, u32 bytes) {
  return put(request, is_write ? TYPE_WRITE : TYPE_READ, sector, bytes);
}

enum outcome blk_outcome(const struct request *request) { return request->answer.blk == 0 ? DONE : FAILED; }

u64 blk_sectors(const struct disk *disk) { return *(volatile u64 *)disk->device->virtio.config; }

void blk_find(struct device *device) {
  struct disk *disk = disk_add(device, 0, 0);
  if (!disk) return;
  struct request *request = &disk->requests[DEPTH];
  memset(request->data, 0, NAME_BYTES + 1);
  put(request, TYPE_NAME, 0, NAME_BYTES);
  if (disk_wait(request) && request->data[0]) memcpy(disk->name, request->data, NAME_BYTES + 1);
  disk->sectors = blk_sectors(disk);
  disk_announce(disk);
}
