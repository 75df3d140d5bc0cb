/* The disks of the guest, whatever they hang on: virtio-blk has one for each device, virtio-scsi many. */
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
  /* The serial, or "bus:slot" where the host gave none. */
  char name[40];
  u64 sectors;
  u32 depth, under_way;
  u64 errors;
  struct histogram latencies;
  /* One more than are ever under load: for questions to the device. */
  struct request requests[DEPTH + 1];
};

extern struct device devices[DEVICES];
extern struct disk disks[DISKS];

/* AGAIN: the controller had something else to say; GONE: the disk was taken out. */
enum outcome { DONE, AGAIN, GONE, FAILED };

/* Looks for PCI devices that came. */
void disks_find(void);
/* Looks for disks that came to or went from virtio-scsi controllers. */
void disks_find_scsi(void);
/* Forgets PCI devices that went. */
void disks_forget(void);
/* For the drivers: a new disk of the device, named and announced; null when there are too many. */
struct disk *disk_add(struct device *device, u8 target, u16 lun);
void disk_announce(struct disk *disk);
void disk_remove(struct disk *disk);
/* Puts one transfer under way; returns 0 when the queue is full. */
int disk_transfer(struct request *request, int is_write, u64 sector, u32 bytes);
/* Takes what is done; counts latencies and errors. */
void disks_reap(void);
/* Tells the devices what was put. */
void disks_ring(void);
/* Waits until nothing is under way, at most 3 seconds. */
void disks_drain(void);
/* Waits for one request of a driver's own; returns 0 when it does not end within 3 seconds. */
int disk_wait(struct request *request);
