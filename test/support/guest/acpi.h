/* What the host asks of the guest: power off, let a device go, look for a new one. */
#pragma once
#include "machine.h"

void acpi_start(void);
int acpi_wants_power_off(void);
void acpi_power_off(void) __attribute__((noreturn));
/* Whether a device was plugged in since the last call. */
int acpi_has_new_device(void);
/* Whether the host waits for a device to be let go. */
int acpi_wants_device(void);
/* Lets go all devices that the host waits for. */
void acpi_eject(void);
/* Waits for as long as a timer of known frequency says. */
void acpi_wait_us(u32 microseconds);
