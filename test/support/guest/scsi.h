/* virtio-scsi: the format of its requests, and the disks on a controller. */
#pragma once
#include "disk.h"

/* Finds disks that were added to or removed from the controller. */
void scsi_find(struct device *device);
int scsi_put(struct request *request, int is_write, u64 sector, u32 bytes);
enum outcome scsi_outcome(const struct request *request);
