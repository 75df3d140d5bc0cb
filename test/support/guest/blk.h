/* virtio-blk: the format of its requests. */
#pragma once
#include "disk.h"

void blk_find(struct device *device);
/* The present size, which the host may change while the disk is in use. */
u64 blk_sectors(const struct disk *disk);
int blk_put(struct request *request, int is_write, u64 sector, u32 bytes);
enum outcome blk_outcome(const struct request *request);
