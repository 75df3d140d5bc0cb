#include "virtio.h"

#define CAPABILITIES 0x34
#define VENDOR_CAPABILITY 9
enum place { COMMON = 1, DOORBELLS = 2, CONFIG = 4 };

/* Registers of the common part, by their offset in it. */
enum {
  OFFERED_SELECT = 0,
  OFFERED = 4,
  FEATURE_SELECT = 8,
  FEATURES = 12,
  STATUS = 20,
  QUEUE_SELECT = 22,
  QUEUE_LENGTH = 24,
  QUEUE_ENABLE = 28,
  QUEUE_DOORBELL = 30,
  QUEUE_DESCRIPTORS = 32,
  QUEUE_AVAILABLE = 40,
  QUEUE_USED = 48,
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
#define VERSION_1 1 /* bit 32 of the features, so bit 0 of their upper half */

#define HAS_NEXT 1
#define IS_ANSWER 2
#define NO_INTERRUPT 1
#define NO_DOORBELL 1

static void set8(volatile u8 *base, int at, u8 value) { *(base + at) = value; }
static void set16(volatile u8 *base, int at, u16 value) { *(volatile u16 *)(base + at) = value; }
static void set32(volatile u8 *base, int at, u32 value) { *(volatile u32 *)(base + at) = value; }
static u32 get32(volatile u8 *base, int at) { return *(volatile u32 *)(base + at); }
static u16 get16(volatile u8 *base, int at) { return *(volatile u16 *)(base + at); }
static void set_pointer(volatile u8 *base, int at, const void *pointer) {
  set32(base, at, (u32)(u64)pointer);
  set32(base, at + 4, 0);
}

struct doorbells {
  volatile u8 *base;
  u32 apart;
};

/* Finds the device's parts by its capabilities. */
static struct doorbells find_parts(struct virtio *device) {
  struct doorbells doorbells = {0, 0};
  u64 region = 0;
  u8 opened = 0xff;
  for (u8 at = pci_read(device->address, CAPABILITIES); at;) {
    u32 head = pci_read(device->address, at);
    u8 type = head >> 24, bar = pci_read(device->address, at + 4);
    u32 offset = pci_read(device->address, at + 8);
    if ((head & 0xff) == VENDOR_CAPABILITY && (type == COMMON || type == DOORBELLS || type == CONFIG)) {
      if (bar != opened) region = pci_open_region(device->address, opened = bar);
      volatile u8 *place = (volatile u8 *)(region + offset);
      if (type == COMMON) device->common = place;
      if (type == CONFIG) device->config = place;
      if (type == DOORBELLS) doorbells = (struct doorbells){place, pci_read(device->address, at + 16)};
    }
    at = head >> 8;
  }
  return doorbells;
}

static int start_queue(struct virtio *device, struct queue *queue, u16 index, struct doorbells doorbells) {
  volatile u8 *common = device->common;
  set16(common, QUEUE_SELECT, index);
  queue->index = index;
  queue->size = get16(common, QUEUE_LENGTH);
  if (queue->size > QUEUE_SIZE) queue->size = QUEUE_SIZE;
  if (queue->size < PARTS) return 0;
  set16(common, QUEUE_LENGTH, queue->size);
  set_pointer(common, QUEUE_DESCRIPTORS, queue->descriptors);
  set_pointer(common, QUEUE_AVAILABLE, &queue->available);
  set_pointer(common, QUEUE_USED, &queue->used);
  queue->doorbell = (volatile u16 *)(doorbells.base + get16(common, QUEUE_DOORBELL) * doorbells.apart);
  queue->available.flags = NO_INTERRUPT;
  set16(common, QUEUE_ENABLE, 1);
  return 1;
}

int virtio_start(struct virtio *device, struct pci_address address, struct queue_layout layout) {
  memset(device, 0, sizeof *device);
  device->address = address;
  struct doorbells doorbells = find_parts(device);
  volatile u8 *common = device->common;
  if (!common || !device->config || !doorbells.base) return 0;

  virtio_stop(device);
  set8(common, STATUS, ACKNOWLEDGE | DRIVER);
  set32(common, OFFERED_SELECT, 0);
  u32 features = get32(common, OFFERED) & layout.feature;
  for (u32 half = 0; half < 2; half++) {
    set32(common, FEATURE_SELECT, half);
    set32(common, FEATURES, half == 1 ? VERSION_1 : features);
  }
  set8(common, STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK);
  if (!(common[STATUS] & FEATURES_OK)) return 0;

  u16 offered = features ? get16(device->config, layout.count_at) : 1;
  device->queue_count = offered < QUEUES ? offered : QUEUES;
  for (u16 at = 0; at < device->queue_count; at++)
    if (!start_queue(device, &device->queues[at], layout.first + at, doorbells)) return 0;
  set8(common, STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
  return 1;
}

void virtio_stop(struct virtio *device) { set8(device->common, STATUS, 0); }

int queue_put(struct queue *queue, const struct part parts[PARTS], void *owner) {
  u16 chain = 0;
  while (chain < queue->size / PARTS && queue->owners[chain]) chain++;
  if (chain == queue->size / PARTS) return 0;
  struct descriptor *last = 0;
  for (u16 part = 0, at = chain * PARTS; part < PARTS; part++) {
    if (parts[part].length == 0) continue;
    if (last) {
      last->flags |= HAS_NEXT;
      last->next = at;
    }
    last = &queue->descriptors[at++];
    *last = (struct descriptor){(u64)parts[part].at, parts[part].length, parts[part].is_answer ? IS_ANSWER : 0, 0};
  }
  queue->owners[chain] = owner;
  u16 index = queue->available.index;
  queue->available.ring[index % queue->size] = chain * PARTS;
  order_writes();
  *(volatile u16 *)&queue->available.index = index + 1;
  queue->has_news = 1;
  return 1;
}

void queue_ring(struct queue *queue) {
  if (!queue->has_news) return;
  queue->has_news = 0;
  order_all();
  if (!(*(volatile u16 *)&queue->used.flags & NO_DOORBELL)) *queue->doorbell = queue->index;
}

void *queue_take(struct queue *queue) {
  if (queue->seen == *(volatile u16 *)&queue->used.index) return 0;
  order_writes();
  u32 chain = queue->used.ring[queue->seen++ % queue->size].id / PARTS;
  void *owner = queue->owners[chain];
  queue->owners[chain] = 0;
  return owner;
}
