/* Rest without load: the host's CPU is free for others until the timer ticks. */
#pragma once
#include "machine.h"

#define TICK_MS 50

void halt_start(void);

/* Returns at the timer's next tick. User mode may not halt the processor: the fault leads to ring 0, which does. */
static inline void halt(void) { __asm__ volatile("hlt" ::: "memory"); }
