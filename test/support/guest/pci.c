#include "pci.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define NOBODY 0xffffffff

#define COMMAND 0x04
#define COMMAND_MEMORY_AND_MASTER 0x06
#define CLASS 0x08
#define CLASS_BRIDGE 0x0604
#define HEADER 0x0c
#define HEADER_MANY_FUNCTIONS 0x800000
#define REGIONS 0x10
#define BUSES 0x18
#define WINDOW 0x20

/* 1 MiB for every bus, 32 KiB for every slot of it: above any memory that the guest has, below the firmware's. */
#define WINDOWS 0xe0000000
#define WINDOW_SIZE 0x100000
#define SLOT_SIZE 0x8000

static void select(struct pci_address address, u8 offset) {
  out32(CONFIG_ADDRESS,
        0x80000000u | address.bus << 16 | address.slot << 11 | address.function << 8 | (offset & 0xfc));
}

u32 pci_read(struct pci_address address, u8 offset) {
  select(address, offset);
  return in32(CONFIG_DATA);
}

void pci_write(struct pci_address address, u8 offset, u32 value) {
  select(address, offset);
  out32(CONFIG_DATA, value);
}

static u32 window_of(u8 bus) { return WINDOWS + bus * WINDOW_SIZE; }

/* Returns the number of the bus behind the bridge. */
static u8 open_bridge(struct pci_address bridge) {
  static u8 next_bus = 128;
  u32 buses = pci_read(bridge, BUSES);
  u8 bus = buses >> 8;
  if (bus == 0) {
    bus = next_bus++;
    pci_write(bridge, BUSES, (buses & 0xff000000) | bus << 16 | bus << 8 | bridge.bus);
  }
  u32 base = window_of(bus) >> 16, limit = (window_of(bus) + WINDOW_SIZE - 1) >> 16;
  pci_write(bridge, WINDOW, (limit & 0xfff0) << 16 | (base & 0xfff0));
  pci_write(bridge, COMMAND, (pci_read(bridge, COMMAND) & 0xffff) | COMMAND_MEMORY_AND_MASTER);
  return bus;
}

static void scan_bus(u8 bus, void (*found)(struct pci_address, u32)) {
  for (u8 slot = 0; slot < 32; slot++) {
    u8 functions = 1;
    for (u8 function = 0; function < functions; function++) {
      struct pci_address address = {bus, slot, function};
      u32 id = pci_read(address, 0);
      if (id == NOBODY) continue;
      if (pci_read(address, HEADER) & HEADER_MANY_FUNCTIONS) functions = 8;
      if (pci_read(address, CLASS) >> 16 == CLASS_BRIDGE) {
        scan_bus(open_bridge(address), found);
      } else {
        found(address, id);
      }
    }
  }
}

void pci_scan(void (*found)(struct pci_address, u32)) { scan_bus(0, found); }

u64 pci_open_region(struct pci_address address, u8 region) {
  u8 offset = REGIONS + 4 * region;
  u32 place = window_of(address.bus) + address.slot * SLOT_SIZE;
  u32 command = pci_read(address, COMMAND) & 0xffff;
  int is_64_bit = (pci_read(address, offset) & 6) == 4;
  pci_write(address, COMMAND, command & ~COMMAND_MEMORY_AND_MASTER);
  pci_write(address, offset, place);
  if (is_64_bit) pci_write(address, offset + 4, 0);
  pci_write(address, COMMAND, command | COMMAND_MEMORY_AND_MASTER);
  return place;
}
