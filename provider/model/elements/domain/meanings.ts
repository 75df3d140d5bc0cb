import { table } from "../../table.ts";
import { canonicalCpuset } from "../../values/cpuset.ts";
import { canonicalMac } from "../../values/mac.ts";
import { decimal, number } from "../../values/number.ts";
import type { Meaning, Tables } from "../schema.ts";

type Canonical = Meaning["canonical"];

/** A path without doubled and trailing slashes, as `virFileSanitizePath` returns it. */
const path: Canonical = (value) => value.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
const octal: Canonical = (value) => (/^[0-7]+$/.test(value) ? String(Number.parseInt(value, 8)) : value);
/** `1.10` of a USB device is 1.1; `2.0` and `2.00` are the same. */
const version: Canonical = (value) => value.replace(/^(\d+)\.0?(\d+?)0*$/, "$1.$2");
/** Models that libvirt compares without case, because VMware writes them so (`STRCASEEQ` in domain_conf.c). */
const interfaceModels: ReadonlySet<string> = new Set([
  ...["netfront", "rtl8139", "virtio", "e1000", "e1000e", "igb", "virtio-transitional"],
  ...["virtio-non-transitional", "usb-net", "spapr-vlan", "lan9118", "smc91c111", "vlance", "vmxnet"],
  ...["vmxnet2", "vmxnet3", "am79c970a", "am79c973", "82540em", "82545em", "82543gc"],
]);
const interfaceModel: Canonical = (value) =>
  interfaceModels.has(value.toLowerCase()) ? value.toLowerCase() : value;
/** A number in base 16, with or without 0x. */
const hex: Canonical = (value) => {
  const digits = /^\s*(?:0x)?([0-9a-f]{1,16})\s*$/i.exec(value)?.[1];
  return digits === undefined ? value : String(BigInt(`0x${digits}`));
};

export const meanings: readonly Meaning[] = [
  { ends: /\/backend\/@(?:tap|vhost)$/, canonical: path },
  { ends: /\/mac\/@address$/, canonical: canonicalMac },
  { ends: /\/(?:@cpuset|@nodeset|@cpus|@vcpus|@iothreads|nodemask)$/, canonical: canonicalCpuset },
  { ends: /\/@[fd]mode$/, canonical: octal },
  { ends: /\/boot\/@loadparm$/, canonical: (value) => value.toUpperCase() },
  { ends: /^devices\/interface\/model\/@type$/, canonical: interfaceModel },
  { ends: /\/usbdev\/@version$/, canonical: version },
  { ends: /\/address\/@(?:iobase|irq|reg)$/, canonical: hex },
  { ends: /\/virtualport\/parameters\/@(?:managerid|typeid|typeidversion)$/, canonical: number },
  {
    ends: /\/@(?:order|index|ports|vectors|queues|heads|average|peak|burst|floor|bytes|period|seconds|timeout)$/,
    canonical: decimal,
  },
  {
    ends: /\/(?:address|zpci|master|usbdev|vendor|product|target|topology|cell|sibling|page)\/@\w+$/,
    canonical: number,
  },
  {
    ends: /\/(?:policy|cbitpos|reducedPhysBits|iobase|@irq|@iobase|@port|@slots|@namespace)$/,
    canonical: number,
  },
];

/** Machine alias → pattern of the machine type that libvirt replaces it by: `q35` → `pc-q35-7.2`. */
const machineAliases = table({
  q35: /^pc-q35-/,
  pc: /^pc-i440fx-/,
  virt: /^virt-/,
  pseries: /^pseries-/,
  "s390-ccw-virtio": /^s390-ccw-virtio-/,
});

export const aliases: Tables["aliases"] = table({ "os/type/@machine": machineAliases });
