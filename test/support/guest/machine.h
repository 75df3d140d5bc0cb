/* The bare machine: integers, I/O ports, the clock. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out16(u16 port, u16 value) { __asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }

static inline u8 in8(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static inline u16 in16(u16 port) {
  u16 value;
  __asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static inline u32 in32(u16 port) {
  u32 value;
  __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* Cycles of the processor's time stamp counter. */
static inline u64 cycles(void) {
  u32 low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return ((u64)high << 32) | low;
}

/* The device sees earlier writes before later ones. */
static inline void order_writes(void) { __asm__ volatile("" ::: "memory"); }

/* The device sees earlier writes before we read anything. */
static inline void order_all(void) { __asm__ volatile("lock; addl $0, -64(%%rsp)" ::: "memory"); }

void *memset(void *to, int value, u64 size);
void *memcpy(void *to, const void *from, u64 size);
int is_same(const char *a, const char *b);

/* Cycles per microsecond, measured once at the start. */
extern u64 cycles_per_us;
