/* Virtio 1.0 over PCI: one device, one queue, chains of three descriptors, completion by looking. */
#pragma once
#include "machine.h"
#include "pci.h"

#define QUEUE_SIZE 256
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
  /* What the caller gave with each chain that is under way; null where the chain is free. */
  void *owners[CHAINS];
};

struct virtio {
  struct pci_address address;
  volatile u8 *common;
  volatile u8 *config;
  struct queue queue;
};

struct part {
  void *at;
  u32 length;
  /* The device writes it, rather than reads it. */
  u8 is_answer;
};

/* Takes over the device at the address and sets up its queue of that index. Returns 0 when it can't. */
int virtio_start(struct virtio *device, struct pci_address address, u16 queue_index);
void virtio_stop(struct virtio *device);
/* Hands over a chain of up to three parts; parts of length 0 are left out. Returns 0 when the queue is full. */
int queue_put(struct queue *queue, const struct part parts[PARTS], void *owner);
/* Tells the device about chains put since the last call. */
void queue_ring(struct queue *queue);
/* The owner of the next chain that the device is done with, or null. */
void *queue_take(struct queue *queue);
