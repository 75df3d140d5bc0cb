/* PCI: finds the functions behind every bridge and assigns addresses, replacing the firmware's. */
#pragma once
#include "machine.h"

struct pci_address {
  u8 bus, slot, function;
};

u32 pci_read(struct pci_address address, u8 offset);
void pci_write(struct pci_address address, u8 offset, u32 value);
/* Calls `found` for every function of every bus. Assigns bus numbers to bridges without one. */
void pci_scan(void (*found)(struct pci_address address, u32 vendor_and_device));
/* Enables a memory region (BAR) of a function and returns its address. */
u64 pci_open_region(struct pci_address address, u8 region);
