#include "halt.h"

#define KERNEL_CODE 0x08
#define KERNEL_GATE 0x8e
#define TICK 0x20
#define PROTECTION_FAULT 13
#define FIRST_CONTROLLER 0x20
#define SECOND_CONTROLLER 0xa0
/* Registers of the processor's own controller, by which the first one's interrupts come. */
#define SPURIOUS 0xfee000f0
#define SPURIOUS_ENABLED 0x1ff
#define LINE_0 0xfee00350
#define LINE_0_EXTERNAL 0x700
/* Channel 0 divides a clock of this rate, again and again. */
#define TIMER_HZ 1193182
#define TIMER_COUNT 0x40
#define TIMER_MODE 0x43
#define TIMER_DIVIDES 0x34

struct gate {
  u16 low, segment;
  u8 stack, kind;
  u16 middle;
  u32 high, none;
};

extern struct gate gates[];
void fault_gate(void);
void tick_gate(void);

static void open_gate(u8 number, void (*code)(void)) {
  u64 at = (u64)code;
  gates[number] = (struct gate){at, KERNEL_CODE, 0, KERNEL_GATE, at >> 16, at >> 32, 0};
}

/* Interrupts 0 to 7 get vectors from TICK on, those of the second controller the next ones; only the timer's is open. */
static void start_controllers(void) {
  out8(FIRST_CONTROLLER, 0x11);
  out8(SECOND_CONTROLLER, 0x11);
  out8(FIRST_CONTROLLER + 1, TICK);
  out8(SECOND_CONTROLLER + 1, TICK + 8);
  out8(FIRST_CONTROLLER + 1, 4);
  out8(SECOND_CONTROLLER + 1, 2);
  out8(FIRST_CONTROLLER + 1, 1);
  out8(SECOND_CONTROLLER + 1, 1);
  out8(FIRST_CONTROLLER + 1, 0xfe);
  out8(SECOND_CONTROLLER + 1, 0xff);
  *(volatile u32 *)SPURIOUS = SPURIOUS_ENABLED;
  *(volatile u32 *)LINE_0 = LINE_0_EXTERNAL;
}

void halt_start(void) {
  /* The first controller may also raise its last interrupt for one that went away meanwhile. */
  for (u8 number = TICK; number < TICK + 8; number++) open_gate(number, tick_gate);
  open_gate(PROTECTION_FAULT, fault_gate);
  start_controllers();
  u16 count = TIMER_HZ / 1000 * TICK_MS;
  out8(TIMER_MODE, TIMER_DIVIDES);
  out8(TIMER_COUNT, count & 0xff);
  out8(TIMER_COUNT, count >> 8);
}
