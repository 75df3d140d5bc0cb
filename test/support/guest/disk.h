/* The guest's disks on any controller. A virtio-blk device is one disk; a virtio-scsi controller has many. */
#pragma once
#include "histogram.h"
#include "virtio.h"

#define DEVICES 12
#define DISKS 12
#define DEPTH 64
#define BLOCK_BYTES 16384
#define SECTOR 512

struct device {
  u8 is_used, is_scsi;
  struct virtio virtio;
};

struct request {
  struct disk *disk;
  union {
    struct { u32 type, reserved; u64 sector; } blk;
    struct {
      u8 lun[8];
      u64 tag;
      u8 attribute, priority, crn, cdb[32];
    } __attribute__((packed)) scsi;
  } command;
  union {
    u8 blk;
    struct {
      u32 sense_length, residual;
      u16 qualifier;
      u8 status, response, sense[96];
    } scsi;
  } answer;
  u8 *data;
  u64 begun, rests_until;
  u8 is_under_way;
};

struct disk {
  u8 is_used, is_gone;
  struct device *device;
  u8 target;
  u16 lun;
  /* The serial number, or "bus:slot" when the host gave none. */
  char name[40];
  u64 sectors;
  u32 depth, under_way;
  u64 errors;
  struct histogram latencies;
  /* One slot more than the load uses, for questions to the device. */
  struct request requests[DEPTH + 1];
};

extern struct device devices[DEVICES];
extern struct disk disks[DISKS];

/* AGAIN: the controller reported something else first; GONE: the disk was removed. */
enum outcome { DONE, AGAIN, GONE, FAILED };

/* Finds new PCI devices. */
void disks_find(void);
/* Finds disks that were added to or removed from virtio-scsi controllers. */
void disks_find_scsi(void);
/* Drops PCI devices that were removed. */
void disks_forget(void);
/* Announces virtio-blk disks that have another size now. */
void disks_measure(void);
/* For the drivers: adds a disk of the device, names and announces it. Returns null when there are too many. */
struct disk *disk_add(struct device *device, u8 target, u16 lun);
void disk_announce(struct disk *disk);
void disk_remove(struct disk *disk);
/* The queue of a request: the slots of a disk take the queues of its device in turn. */
struct queue *disk_queue(const struct request *request);
/* Starts one transfer; returns 0 when the queue is full. */
int disk_transfer(struct request *request, int is_write, u64 sector, u32 bytes);
/* Collects completed transfers; counts latencies and errors. */
void disks_reap(void);
/* Notifies the devices of the transfers started. */
void disks_ring(void);
/* Waits until no transfer is in flight, for at most 3 seconds. */
void disks_drain(void);
/* Waits for a driver's own request; returns 0 when it does not end within 3 seconds. */
int disk_wait(struct request *request);
