import { attributeOf, childrenOf, valueAt } from "../../../xml/read.ts";
import type { XmlElement } from "../../../xml/tree.ts";
import { deviceOf, type Omission, type Site } from "../../omission.ts";
import { isRunning } from "./running.ts";

const typeOf = (site: Site) => attributeOf(deviceOf(site), "type");
const isAutomatic = (element: XmlElement) =>
  attributeOf(element, "autoport") === "yes" ||
  attributeOf(element, "port") === "-1" ||
  attributeOf(element, "tlsPort") === "-1";
/** Whether the graphics listens at no address: then it has no ports. */
const listensNowhere = (element: XmlElement) => {
  const [listen] = childrenOf(element, "listen");
  const kind = attributeOf(listen, "type");
  return kind === "socket" || kind === "none" || attributeOf(element, "socket") !== undefined;
};
const noPorts = (element: XmlElement) =>
  !/[1-9]/.test(`${attributeOf(element, "port") ?? ""}${attributeOf(element, "tlsPort") ?? ""}`) &&
  attributeOf(element, "autoport") !== "yes";

/** A socket in libvirt's own folder, or in the folder that libvirt makes there for each domain. */
const ownSocket = /^\/var\/lib\/libvirt\/qemu\/|\/domain-[^/]+\/[^/]+$/;

const isPrimary = (video: XmlElement) => valueAt(video, "model/@primary") === "yes";

/** Graphics and video. libvirt 11.3. */
export const graphics: readonly Omission[] = [
  {
    id: "no-autoport",
    place: "devices/graphics/@autoport",
    kind: "default",
    values: ["no"],
    reason: "the default",
  },
  ...["port", "tlsPort", "autoport", "websocket", "listen"].map(
    (name): Omission => ({
      id: "ports-without-address",
      place: `devices/graphics/@${name}`,
      kind: "dropped",
      when: ({ element }) => listensNowhere(element),
      reason: "without an address to listen at there are no ports",
    }),
  ),
  ...["port", "tlsPort"].map(
    (name): Omission => ({
      id: "automatic-port",
      place: `devices/graphics/@${name}`,
      kind: "dropped",
      evenOver: true,
      when: (site) =>
        isAutomatic(site.element) && (site.there === null || site.there === "-1" || isRunning(site)),
      reason: "with autoport libvirt chooses the port at each start",
    }),
  ),
  {
    id: "both-ports-automatic",
    place: "devices/graphics/@autoport",
    kind: "dropped",
    values: ["no"],
    evenOver: true,
    when: ({ element, there }) =>
      there === "yes" &&
      attributeOf(element, "port") === "-1" &&
      (attributeOf(element, "type") !== "spice" || attributeOf(element, "tlsPort") === "-1"),
    reason: "with no port of its own libvirt chooses at each start (domain_conf.c)",
  },
  ...["port", "tlsPort", "websocket"].map(
    (name): Omission => ({
      id: "no-port",
      place: `devices/graphics/@${name}`,
      kind: "default",
      values: ["0", "-1"],
      reason: "no port is what silence says",
    }),
  ),
  {
    id: "spice-listens-nowhere",
    place: "devices/graphics/listen/@type",
    kind: "default",
    values: ["address"],
    evenOver: true,
    when: (site) => {
      const spice = deviceOf(site);
      return typeOf(site) === "spice" && site.there === "none" && spice !== undefined && noPorts(spice);
    },
    reason: "SPICE without any port listens nowhere (domain_postparse.c)",
  },
  {
    id: "spice-listens-nowhere",
    place: "devices/graphics/@listen",
    kind: "dropped",
    when: ({ element }) => attributeOf(element, "type") === "spice" && noPorts(element),
    reason: "SPICE without any port listens nowhere (domain_postparse.c)",
  },
  {
    id: "spice-listens-nowhere",
    place: "devices/graphics/listen/@address",
    kind: "dropped",
    when: (site) => {
      const spice = deviceOf(site);
      return typeOf(site) === "spice" && spice !== undefined && noPorts(spice);
    },
    reason: "SPICE without any port listens nowhere (domain_postparse.c)",
  },
  {
    id: "vnc-own-socket",
    place: "devices/graphics/@socket",
    kind: "dropped",
    values: ownSocket,
    reason: "a socket in libvirt's own folder is made at each start (qemu_postparse.c)",
  },
  {
    id: "vnc-own-socket",
    place: "devices/graphics/listen/@socket",
    kind: "dropped",
    values: ownSocket,
    reason: "a socket in libvirt's own folder is made at each start (qemu_postparse.c)",
  },
  {
    id: "vnc-own-socket",
    place: "devices/graphics/listen/@type",
    kind: "dropped",
    values: ["socket"],
    evenOver: true,
    when: ({ element, there }) => there === "address" && ownSocket.test(attributeOf(element, "socket") ?? ""),
    reason: "a socket in libvirt's own folder is made at each start (qemu_postparse.c)",
  },
  {
    id: "listen-network-address",
    place: "devices/graphics/@listen",
    kind: "dropped",
    when: ({ element }) => attributeOf(childrenOf(element, "listen")[0], "type") === "network",
    reason: "the network gives the address at each start",
  },
  {
    id: "listen-network-address",
    place: "devices/graphics/listen/@address",
    kind: "dropped",
    when: ({ element }) => attributeOf(element, "type") === "network",
    reason: "the network gives the address at each start",
  },
  {
    id: "channel-any",
    place: "devices/graphics/channel",
    kind: "default",
    when: ({ element }) => attributeOf(element, "mode") === "any",
    reason: "any is what silence says",
  },
  {
    id: "default-mode-any",
    place: "devices/graphics/@defaultMode",
    kind: "default",
    values: ["any"],
    reason: "the default",
  },
  ...["replaceUser", "multiUser", "fullscreen", "p2p"].map(
    (name): Omission => ({
      id: `no-${name}`,
      place: `devices/graphics/@${name}`,
      kind: "default",
      values: ["no"],
      reason: "the default",
    }),
  ),
  {
    id: "first-is-primary",
    place: "devices/video/model/@primary",
    kind: "dropped",
    values: ["no"],
    evenOver: true,
    when: ({ there, trail }) => {
      const [, devices, video] = trail;
      const videos = devices ? childrenOf(devices, "video") : [];
      return there === "yes" && videos[0] === video && !videos.some(isPrimary);
    },
    reason: "where no video is primary the first one is",
  },
  {
    id: "not-primary",
    place: "devices/video/model/@primary",
    kind: "default",
    values: ["no"],
    reason: "the default",
  },
  ...["ram", "vram"].map(
    (name): Omission => ({
      id: "video-power-of-two",
      place: `devices/video/model/@${name}`,
      kind: "default",
      evenOver: true,
      when: ({ value, there }) =>
        there !== null && Number(value) > 0 && 2 ** Math.ceil(Math.log2(Number(value))) === Number(there),
      reason: "rounded up to a power of two (domain_postparse.c)",
    }),
  ),
  ...["ram", "vram", "vgamem", "vram64", "heads"].map(
    (name): Omission => ({
      id: "video-zero",
      place: `devices/video/model/@${name}`,
      kind: "default",
      values: ["0"],
      evenOver: true,
      reason: "zero leaves it to libvirt",
    }),
  ),
];
