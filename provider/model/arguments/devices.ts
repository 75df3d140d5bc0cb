import type { ValueType } from "./field.ts";
import { count, oneOf, text, yesNo } from "./field.ts";

export const networkInterface: ValueType = {
  kind: "object",
  name: "Interface",
  oneOf: ["network", "bridge", "direct"],
  fields: {
    network: {
      type: text,
      xml: "source/@network",
      implies: { "@type": "network" },
      description: "Name of a libvirt network.",
    },
    bridge: {
      type: text,
      xml: "source/@bridge",
      implies: { "@type": "bridge" },
      description: "Name of a bridge on the host.",
    },
    direct: {
      type: text,
      xml: "source/@dev",
      implies: { "@type": "direct" },
      description: "Name of a host's network device, reached by macvtap.",
    },
    mac: {
      type: {
        kind: "string",
        pattern: /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i,
        expected: "a MAC address such as 52:54:00:12:34:56",
      },
      xml: "mac/@address",
      description: "MAC address. Default: the one it has, or libvirt makes one.",
    },
    model: {
      type: text,
      xml: "model/@type",
      description: 'Default: libvirt\'s default; "virtio" is the fast one.',
    },
    mtu: { type: count(68, 65535), xml: "mtu/@size", description: "Largest packet in bytes." },
    queues: {
      type: count(1, 256),
      xml: "driver/@queues",
      description: "Queues of a virtio interface.",
    },
    link: {
      type: oneOf("up", "down"),
      xml: "link/@state",
      description: 'State of the link. Default: "up".',
    },
    bootOrder: {
      type: count(1),
      xml: "boot/@order",
      description: "Place in the boot order, from 1.",
    },
  },
};

export const graphics: ValueType = {
  kind: "object",
  name: "Graphics",
  fields: {
    type: {
      type: oneOf("vnc", "spice", "sdl", "egl-headless", "dbus"),
      xml: "@type",
      required: true,
      description: "Protocol.",
    },
    port: {
      type: { kind: "integer", min: -1, max: 65535 },
      xml: "@port",
      description: "Port; -1 or absent: libvirt chooses at each start.",
    },
    autoport: { type: yesNo, xml: "@autoport", description: "Whether libvirt chooses the port." },
    listen: {
      type: text,
      xml: "@listen",
      description: 'Address to listen on. Default: the host\'s default, "127.0.0.1".',
    },
  },
};

export const video: ValueType = {
  kind: "object",
  name: "Video",
  fields: {
    type: {
      type: oneOf("virtio", "qxl", "vga", "cirrus", "bochs", "ramfb", "vmvga", "none"),
      xml: "model/@type",
      required: true,
      description: "Model.",
    },
    vram: { type: count(1), xml: "model/@vram", description: "Video memory in KiB." },
    heads: { type: count(1, 16), xml: "model/@heads", description: "Screens. Default: 1." },
  },
};

export const console: ValueType = {
  kind: "object",
  name: "Console",
  fields: {
    type: {
      type: oneOf("pty", "file", "null", "tcp", "unix", "stdio"),
      xml: "@type",
      required: true,
      description: "What the console is connected to on the host.",
    },
    path: { type: text, xml: "source/@path", description: 'Path for types "file" and "unix".' },
    target: {
      type: oneOf("serial", "virtio", "sclp"),
      xml: "target/@type",
      description: 'Default: "serial".',
    },
    port: { type: count(0, 255), xml: "target/@port", description: "Number of the port. Default: 0." },
  },
};
