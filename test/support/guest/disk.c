#include "disk.h"
#include "blk.h"
#include "console.h"
#include "scsi.h"

#define VIRTIO_BLK 0x10011af4
#define VIRTIO_BLK_1_0 0x10421af4
#define VIRTIO_SCSI 0x10041af4
#define VIRTIO_SCSI_1_0 0x10481af4
#define BLK_SEVERAL_QUEUES (1 << 12)
#define BLK_QUEUE_COUNT_AT 34
static const struct queue_layout blk_queues = {0, BLK_SEVERAL_QUEUES, BLK_QUEUE_COUNT_AT};
/* Queues 0 and 1 of virtio-scsi are for control and events. This guest uses one request queue. */
static const struct queue_layout scsi_queues = {2, 0, 0};
#define PATIENCE_US 3000000

struct device devices[DEVICES];
struct disk disks[DISKS];
static u8 data[DISKS][DEPTH + 1][BLOCK_BYTES] __attribute__((aligned(4096)));

static struct device *device_at(struct pci_address address) {
  for (struct device *device = devices; device < devices + DEVICES; device++) {
    struct pci_address at = device->virtio.address;
    if (device->is_used && at.bus == address.bus && at.slot == address.slot && at.function == address.function)
      return device;
  }
  return 0;
}

static void found(struct pci_address address, u32 id) {
  int is_scsi = id == VIRTIO_SCSI || id == VIRTIO_SCSI_1_0;
  if (!is_scsi && id != VIRTIO_BLK && id != VIRTIO_BLK_1_0) return;
  if (device_at(address)) return;
  struct device *device = devices;
  while (device < devices + DEVICES && device->is_used) device++;
  if (device == devices + DEVICES) return;
  device->is_scsi = is_scsi;
  device->is_used = virtio_start(&device->virtio, address, is_scsi ? scsi_queues : blk_queues);
  if (!device->is_used) {
    print_event("no driver");
    print_field("bus", address.bus);
    print_field("slot", address.slot);
    print_end();
  } else if (is_scsi) {
    scsi_find(device);
  } else {
    blk_find(device);
  }
}

void disks_find(void) { pci_scan(found); }

void disks_find_scsi(void) {
  for (struct device *device = devices; device < devices + DEVICES; device++)
    if (device->is_used && device->is_scsi) scsi_find(device);
}

void disks_forget(void) {
  for (struct device *device = devices; device < devices + DEVICES; device++) {
    if (!device->is_used || pci_read(device->virtio.address, 0) != 0xffffffff) continue;
    for (struct disk *disk = disks; disk < disks + DISKS; disk++)
      if (disk->is_used && disk->device == device) disk_remove(disk);
    device->is_used = 0;
  }
}

static void tell(const char *event, const struct disk *disk) {
  print_event(event);
  print(",\"disk\":\"");
  print(disk->name);
  print("\"");
  print_field("bus", disk->device->virtio.address.bus);
  print_field("slot", disk->device->virtio.address.slot);
}

struct disk *disk_add(struct device *device, u8 target, u16 lun) {
  struct disk *disk = disks;
  while (disk < disks + DISKS && disk->is_used) disk++;
  if (disk == disks + DISKS) return 0;
  memset(disk, 0, sizeof *disk);
  disk->is_used = 1;
  disk->device = device;
  disk->target = target;
  disk->lun = lun;
  memcpy(disk->name, "unnamed", 8);
  for (u32 slot = 0; slot <= DEPTH; slot++) {
    disk->requests[slot].disk = disk;
    disk->requests[slot].data = data[disk - disks][slot];
  }
  return disk;
}

void disk_announce(struct disk *disk) {
  tell("plugged", disk);
  print_field("sectors", disk->sectors);
  print_end();
}

void disks_measure(void) {
  for (struct disk *disk = disks; disk < disks + DISKS; disk++) {
    if (!disk->is_used || disk->device->is_scsi) continue;
    u64 sectors = blk_sectors(disk);
    if (sectors == disk->sectors) continue;
    disk->sectors = sectors;
    tell("resized", disk);
    print_field("sectors", sectors);
    print_end();
  }
}

void disk_remove(struct disk *disk) {
  tell("unplugged", disk);
  print_end();
  disk->is_used = 0;
}

struct queue *disk_queue(const struct request *request) {
  struct virtio *virtio = &request->disk->device->virtio;
  return &virtio->queues[(request - request->disk->requests) % virtio->queue_count];
}

int disk_transfer(struct request *request, int is_write, u64 sector, u32 bytes) {
  int is_put = request->disk->device->is_scsi ? scsi_put(request, is_write, sector, bytes)
                                              : blk_put(request, is_write, sector, bytes);
  if (!is_put) return 0;
  request->is_under_way = 1;
  request->disk->under_way++;
  request->begun = cycles();
  return 1;
}

static void finish(struct request *request) {
  struct disk *disk = request->disk;
  if (!request->is_under_way) return;
  request->is_under_way = 0;
  disk->under_way--;
  u64 now = cycles();
  enum outcome outcome = disk->device->is_scsi ? scsi_outcome(request) : blk_outcome(request);
  if (outcome == DONE) histogram_add(&disk->latencies, now - request->begun);
  if (outcome == GONE) disk->is_gone = 1;
  if (outcome == FAILED) disk->errors++;
  request->rests_until = now;
}

void disks_reap(void) {
  for (struct device *device = devices; device < devices + DEVICES; device++) {
    if (!device->is_used) continue;
    for (u16 at = 0; at < device->virtio.queue_count; at++)
      for (struct request *request; (request = queue_take(&device->virtio.queues[at]));) finish(request);
  }
}

void disks_ring(void) {
  for (struct device *device = devices; device < devices + DEVICES; device++)
    for (u16 at = 0; device->is_used && at < device->virtio.queue_count; at++) queue_ring(&device->virtio.queues[at]);
}

static int under_way(void) {
  for (struct disk *disk = disks; disk < disks + DISKS; disk++)
    if (disk->is_used && disk->under_way) return 1;
  return 0;
}

void disks_drain(void) {
  u64 end = cycles() + PATIENCE_US * cycles_per_us;
  while (under_way() && cycles() < end) disks_reap();
}

/* When a driver asks, the device has no other requests in flight. */
int disk_wait(struct request *request) {
  struct queue *queue = disk_queue(request);
  u64 end = cycles() + PATIENCE_US * cycles_per_us;
  queue_ring(queue);
  while (cycles() < end)
    if (queue_take(queue) == request) return 1;
  return 0;
}
