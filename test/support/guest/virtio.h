/* Virtio 1.0 over PCI: one device, up to four queues, chains of three descriptors, completion by polling. */
#pragma once
#include "machine.h"
#include "pci.h"

#define QUEUE_SIZE 256
#define QUEUES 4
#define PARTS 3
#define CHAINS (QUEUE_SIZE / PARTS)

struct descriptor {
  u64 address;
  u32 length;
  u16 flags, next;
};

struct available {
  u16 flags, index, ring[QUEUE_SIZE];
};

struct used {
  u16 flags, index;
  struct { u32 id, length; } ring[QUEUE_SIZE];
};

struct queue {
  struct descriptor descriptors[QUEUE_SIZE] __attribute__((aligned(16)));
  struct available available;
  struct used used __attribute__((aligned(4)));
  u16 index, size, seen;
  u8 has_news;
  volatile u16 *doorbell;
  /* The caller's owner of each chain in flight; null when the chain is free. */
  void *owners[CHAINS];
};

struct virtio {
  struct pci_address address;
  volatile u8 *common;
  volatile u8 *config;
  u16 queue_count;
  struct queue queues[QUEUES];
};

struct part {
  void *at;
  u32 length;
  /* Whether the device writes this part instead of reading it. */
  u8 is_answer;
};

/* How a kind of device tells the number of its queues. */
struct queue_layout {
  u16 first;
  /* Feature bit of devices with several queues, and where their configuration has the number (u16); or 0. */
  u32 feature;
  u16 count_at;
};

/* Initialises the device at the address and its queues. Returns 0 on failure. */
int virtio_start(struct virtio *device, struct pci_address address, struct queue_layout layout);
void virtio_stop(struct virtio *device);
/* Queues a chain of up to three parts; skips parts of length 0. Returns 0 when the queue is full. */
int queue_put(struct queue *queue, const struct part parts[PARTS], void *owner);
/* Notifies the device of chains queued since the last call. */
void queue_ring(struct queue *queue);
/* Returns the owner of the next chain that the device has completed, or null. */
void *queue_take(struct queue *queue);
