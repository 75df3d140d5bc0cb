/* Requests of the host: power off, release a device, look for a new one. */
#pragma once
#include "machine.h"

void acpi_start(void);
int acpi_wants_power_off(void);
void acpi_power_off(void) __attribute__((noreturn));
/* Whether a device was plugged in since the last call. */
int acpi_has_new_device(void);
/* Whether the host waits for the guest to release a device. */
int acpi_wants_device(void);
/* Releases all devices that the host waits for. */
void acpi_eject(void);
/* Waits by a timer of known frequency. Returns how long; more where the host preempts the guest. */
u32 acpi_wait_us(u32 microseconds);
