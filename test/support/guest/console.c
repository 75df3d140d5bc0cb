#include "console.h"

#define DATA 0x3f8
#define INTERRUPTS 0x3f9
#define FIFO 0x3fa
#define LINE 0x3fb
#define MODEM 0x3fc
#define STATUS 0x3fd
#define STATUS_RECEIVED 0x01
#define STATUS_SENT 0x20
/* Bytes that the port accepts when it is empty. Asking before each byte would double the cost. */
#define FIFO_SIZE 16
/* Limit for the rest of a line. The port holds 16 bytes; QEMU sends more when they have been read. */
#define PATIENCE_US 5000

void console_start(void) {
  out8(INTERRUPTS, 0);
  out8(LINE, 3);
  out8(FIFO, 7);
  out8(MODEM, 3);
}

static void print_character(char character) {
  static int room;
  if (room == 0) {
    while (!(in8(STATUS) & STATUS_SENT)) {}
    room = FIFO_SIZE;
  }
  room--;
  out8(DATA, character);
}

void print(const char *text) {
  while (*text) print_character(*text++);
}

void print_number(u64 value) {
  char digits[24];
  int at = 23;
  digits[at] = 0;
  do {
    digits[--at] = '0' + value % 10;
    value /= 10;
  } while (value);
  print(digits + at);
}

void print_field(const char *key, u64 value) {
  print(",\"");
  print(key);
  print("\":");
  print_number(value);
}

void print_event(const char *name) {
  print("{\"event\":\"");
  print(name);
  print("\"");
}

void print_end(void) { print("}\n"); }

const char *console_line(void) {
  static char line[256];
  static u32 length;
  u64 end = cycles() + (length ? PATIENCE_US * cycles_per_us : 0);
  for (;;) {
    while (!(in8(STATUS) & STATUS_RECEIVED))
      if (cycles() >= end) return 0;
    end = cycles() + PATIENCE_US * cycles_per_us;
    char character = in8(DATA);
    if (character == '\n' || character == '\r') {
      line[length] = 0;
      length = 0;
      if (line[0]) return line;
    } else if (length < sizeof line - 1) {
      line[length++] = character;
    }
  }
}
