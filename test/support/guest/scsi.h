/* virtio-scsi: what its requests look like, and which disks are on a controller. */
#pragma once
#include "disk.h"

/* Looks for disks that came to the controller and for those that went. */
void scsi_find(struct device *device);
int scsi_put(struct request *request, int is_write, u64 sector, u32 bytes);
enum outcome scsi_outcome(const struct request *request);
