import { table } from "../../table.ts";
import { prefixOf } from "../../values/ip.ts";
import { mapChildren } from "../../xml/edit.ts";
import { attributeOf, childrenOf, elementsAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { Edit, Rewrite, Tables } from "../schema.ts";

/**
 * libvirt prints the first `<interface>` also as the attribute `dev`, and adds an `<interface>` for a `dev` that has
 * none. A network that libvirt routes itself (`nat`, `route`, `open`) takes one interface, so here it is the value of
 * `dev`; all other networks take a list.
 */
const withInterfaces: Rewrite = (forward) => {
  const isRouted = ["nat", "route", "open"].includes(attributeOf(forward, "mode") ?? "nat");
  return isRouted ? withDevice(forward) : withList(forward);
};

const otherAttributes = ({ attributes }: XmlElement) => attributes.filter(({ name }) => name !== "dev");

function withDevice(forward: XmlElement): XmlElement {
  const [first] = childrenOf(forward, "interface");
  const value = attributeOf(forward, "dev") ?? attributeOf(first, "dev");
  // An interface with more attributes than its device stays an element.
  const isBare = first?.attributes.every(({ name }) => name === "dev" || name === "connections");
  if (!isBare || value === undefined) return forward;
  return {
    ...forward,
    attributes: [...otherAttributes(forward), { name: "dev", value }],
    children: forward.children.filter((child) => child.kind !== "element" || child.name !== "interface"),
  };
}

function withList(forward: XmlElement): XmlElement {
  const value = attributeOf(forward, "dev");
  if (value === undefined) return forward;
  const isListed = childrenOf(forward, "interface").some((each) => attributeOf(each, "dev") === value);
  const own: XmlElement = {
    kind: "element",
    name: "interface",
    attributes: [{ name: "dev", value }],
    children: [],
  };
  return {
    ...forward,
    attributes: otherAttributes(forward),
    children: isListed ? forward.children : [...forward.children, own],
  };
}

/** The prefix is part of a route's identity, and a definition may give it as a netmask. */
const withPrefix: Rewrite = (route) => {
  const attributes = route.attributes.map((each) => {
    const prefix = each.name === "netmask" ? prefixOf(each.value) : null;
    return prefix === null ? each : { name: "prefix", value: prefix };
  });
  return attributes.every((each, index) => each === route.attributes[index])
    ? route
    : { ...route, attributes };
};

export const rewrites: Tables["rewrites"] = table({ forward: withInterfaces, route: withPrefix });

/** libvirt takes a netmask or a prefix, not both: removes the old one where the declaration adds the other. */
export function withOneMask(merged: XmlElement, { actual }: Edit): XmlElement {
  const there = elementsAt(actual, "ip");
  const has = (element: XmlElement, name: string) => attributeOf(element, name) !== undefined;
  return mapChildren(merged, "ip", (ip) => {
    if (!has(ip, "netmask") || !has(ip, "prefix")) return ip;
    const address = attributeOf(ip, "address");
    const before = there.find((each) => attributeOf(each, "address") === address);
    const old = before && has(before, "netmask") ? "netmask" : "prefix";
    return { ...ip, attributes: ip.attributes.filter(({ name }) => name !== old) };
  });
}
