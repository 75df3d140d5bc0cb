/* The first serial port: JSON lines out, lines of settings in. */
#pragma once
#include "machine.h"

void console_start(void);
void print(const char *text);
void print_number(u64 value);
/* `,"key":value` */
void print_field(const char *key, u64 value);
/* `{"event":"name"`; the caller adds fields and ends the line with print_end. */
void print_event(const char *name);
void print_end(void);
/* Returns the next complete input line, or null. Valid until the next call. */
const char *console_line(void);
