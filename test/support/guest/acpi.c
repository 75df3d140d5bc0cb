#include "acpi.h"
#include "pci.h"

/* Power management is function 1.3 of an i440FX machine and function 1f.0 of a Q35 one. */
#define I440FX_POWER 0x71138086
#define Q35_POWER 0x29188086
#define POWER_BASE 0x40

#define EVENTS 0x00
#define ENABLED 0x02
#define CONTROL 0x04
#define TIMER 0x08
#define POWER_BUTTON 0x100
#define SLEEP_OFF 0x2000
#define TIMER_HZ 3579545

/* QEMU's registers for hot-plug of PCI devices (docs/specs/acpi_pci_hotplug). */
#define I440FX_HOTPLUG 0xae00
#define Q35_HOTPLUG 0x0cc0
#define NEW 0x00
#define UNWANTED 0x04
#define EJECT 0x08
#define SELECT 0x10
/* QEMU chooses the bus numbers; they are dense, and test guests are small. */
#define HOTPLUG_BUSES 16

static u16 power = 0x600, hotplug = I440FX_HOTPLUG;

void acpi_start(void) {
  struct pci_address i440fx = {0, 1, 3}, q35 = {0, 0x1f, 0};
  if (pci_read(i440fx, 0) == I440FX_POWER) power = pci_read(i440fx, POWER_BASE) & 0xffc0;
  if (pci_read(q35, 0) == Q35_POWER) {
    power = pci_read(q35, POWER_BASE) & 0xff80;
    hotplug = Q35_HOTPLUG;
  }
  out16(power + ENABLED, POWER_BUTTON);
}

int acpi_wants_power_off(void) { return in16(power + EVENTS) & POWER_BUTTON; }

void acpi_power_off(void) {
  out16(power + CONTROL, SLEEP_OFF);
  for (;;) {}
}

static u32 hotplug_read(u8 bus, u8 what) {
  out32(hotplug + SELECT, bus);
  return in32(hotplug + what);
}

static int any(u8 what) {
  u32 found = 0;
  for (u8 bus = 0; bus < HOTPLUG_BUSES; bus++) found |= hotplug_read(bus, what);
  return found != 0;
}

int acpi_has_new_device(void) { return any(NEW); }

int acpi_wants_device(void) { return any(UNWANTED); }

void acpi_eject(void) {
  for (u8 bus = 0; bus < HOTPLUG_BUSES; bus++) {
    u32 slots = hotplug_read(bus, UNWANTED);
    if (slots) out32(hotplug + EJECT, slots);
  }
}

u32 acpi_wait_us(u32 microseconds) {
  u32 begin = in32(power + TIMER);
  u64 ticks = (u64)microseconds * TIMER_HZ / 1000000;
  u64 passed = 0;
  while (passed < ticks) passed = (in32(power + TIMER) - begin) & 0xffffff;
  return passed * 1000000 / TIMER_HZ;
}
