import { attributeOf } from "../../xml/read.ts";
import type { Tables } from "../schema.ts";

/**
 * Elements of which libvirt 9.0.0 reads only the first: place of the parent → names. Measured by defining each twice
 * with two values. The list leaves out elements that libvirt refuses to take twice, such as `emulatorpin`, and
 * elements of which it reads all.
 */
const first: Tables["repeated"]["first"] = [
  [
    /^$/,
    /^(?:name|uuid|title|description|metadata|memory|maxMemory|currentMemory|memoryBacking|vcpu|vcpus|iothreadids|defaultiothread|cputune|memtune|blkiotune|numatune|resource|os|cpu|features|clock|on_\w+|pm|perf|keywrap|genid|devices|qemu:commandline)$/,
  ],
  [/^os$/, /^(?!boot$|initarg$|initenv$)/],
  [/^(?:memtune|pm|memoryBacking|devices\/disk\/iotune)$/, /./],
  [/^cputune$/, /(?:shares|period|quota)$/],
  [/^numatune$/, /^memory$/],
  [/^cpu$/, /^(?:model|vendor|topology|cache|numa|maxphysaddr)$/],
  [/^sysinfo$/, /^(?:bios|system|chassis|oemStrings)$/],
  [/^sysinfo\/(?:bios|system|chassis)$/, /^entry$/],
  [/^devices$/, /^emulator$/],
  [
    /^devices\/(?:disk|filesystem|hostdev|interface)$/,
    /^(?:source|backingStore|mirror|product|vendor|wwn|geometry|blockio|iotune|serial|transient|mac|link|bandwidth|mtu|filterref|script|downscript|virtualport|vlan|tune|coalesce|port|teaming)$/,
  ],
  [/^devices\/graphics$/, /^(?:image|jpeg|zlib|playback|streaming|mouse|clipboard|filetransfer|gl)$/],
  [/^devices\/[^/]+$/, /^(?:driver|target|address|alias|boot|rom|model|acpi|stats|rate)$/],
  [/^devices\/[^/]+\/model$/, /^(?:acceleration|resolution)$/],
];

const last: Tables["repeated"]["last"] = [
  [/^features(?:\/(?:hyperv|kvm|xen))?$/, /./],
  [/^devices\/graphics$/, /^channel$/],
];

export const repeated: Tables["repeated"] = {
  first,
  last,
  nameOf: (element) => (/^(?:entry|channel)$/.test(element.name) ? attributeOf(element, "name") : undefined),
};
