import type { Leaf } from "./leaves.ts";
import { mapObject } from "./leaves.ts";
import type { LiteralObject } from "./literal.ts";
import { isOutput, mapUnmarked, markOf } from "./marks.ts";
import { capital } from "./names.ts";
import type { Part, Prepared } from "./prepare.ts";

/** The common part of several guests, with their differences as parameters. */
export interface Shape {
  /** Parts of all these guests, with `args.…` where they differ. */
  readonly parts: readonly Part[];
  readonly parameters: readonly Parameter[];
  readonly guests: readonly Prepared[];
}

export interface Parameter {
  readonly name: string;
  readonly type: "string" | "number" | "pulumi.Input<string>";
  /** One value per guest, in order. */
  readonly values: readonly (string | number)[];
}

/** Arguments and attributes that may differ between guests of one shape, by the last step of their path. */
const individual = new Set([
  ...[
    "name",
    "title",
    "description",
    "memory",
    "currentMemory",
    "vcpus",
    "currentVcpus",
    "cpuset",
    "emulatorPin",
  ],
  ...[
    "mac",
    "file",
    "block",
    "pool",
    "volume",
    "serial",
    "port",
    "nvram",
    "network",
    "bridge",
    "direct",
    "nodeset",
  ],
  ...["@address", "@file", "@path", "@dev", "@port", "@uuid", "@serial", "@cid"],
]);
const nameMark = markOf({ text: "args.name" });
const mostParameters = 8;

/**
 * Groups guests of one shape, at least two each. A guest is in at most one shape. Shapes are in the order of their
 * first guests.
 */
export function findShapes(guests: readonly Prepared[]): Shape[] {
  const groups = new Map<string, Prepared[]>();
  for (const guest of guests) {
    const key = JSON.stringify(guest.parts.map((part) => ({ ...part, args: skeleton(part) })));
    groups.set(key, [...(groups.get(key) ?? []), guest]);
  }
  return [...groups.values()].flatMap((group) => (group.length < 2 ? [] : (shapeOf(group) ?? [])));
}

function skeleton({ args }: Part): LiteralObject {
  return mapObject(args, ({ path, value }) => (individual.has(path.at(-1) ?? "") ? typeof value : value));
}

function shapeOf(guests: readonly Prepared[]): Shape | null {
  const leaves = guests.map(leavesOf);
  const [first = []] = leaves;
  const isPlain = (text: string | number) => !/[<>&'"]/.test(String(text));
  const parameters: (Parameter & { readonly key: string })[] = [];
  const names = new Set(["host", "name"]);
  const codes = first.map((leaf, index): string | number => {
    const values = leaves.map((all) => all[index]?.value ?? "");
    const isOfResource = values.some(isOutput);
    if (!isOfResource && values.every((value) => value === values[0])) return leaf.value;
    const known = values.map((value, at) => withName(value, guests[at]?.guest.name ?? ""));
    const isName = known.every((value) => value === known[0]) && String(known[0]).includes(nameMark);
    if (isName && (!leaf.isXml || guests.every(({ guest }) => isPlain(guest.name)))) return known[0] ?? "";
    if (leaf.isXml && !values.every(isPlain)) return Number.NaN;
    const key = JSON.stringify(values);
    const found = parameters.find((each) => each.key === key);
    const name = found?.name ?? parameterName(leaf, names);
    const plain = typeof leaf.value === "number" ? "number" : "string";
    if (!found) parameters.push({ key, name, type: isOfResource ? "pulumi.Input<string>" : plain, values });
    names.add(name);
    return markOf({ text: `args.${name}` });
  });
  if (codes.some(Number.isNaN) || parameters.length > mostParameters) return null;
  const isNamed = codes.some((code) => String(code).includes(nameMark));
  const named: Parameter = { name: "name", type: "string", values: guests.map(({ guest }) => guest.name) };
  let next = 0;
  const parts = (guests[0]?.parts ?? []).map((part) => ({
    ...part,
    args: mapObject(part.args, () => codes[next++] ?? ""),
  }));
  return { parts, parameters: isNamed ? [named, ...parameters] : parameters, guests };
}

interface OwnedLeaf extends Leaf {
  /** What the leaf belongs to: a disk's target, a part's label, or in XML its element; empty for the guest itself. */
  readonly owner: string;
}

function leavesOf({ parts }: Prepared): OwnedLeaf[] {
  const leaves: OwnedLeaf[] = [];
  for (const { label, args } of parts)
    mapObject(args, (leaf) => {
      const [list = "", index = ""] = leaf.path;
      const disk = list === "disks" ? (args.disks as readonly LiteralObject[])[Number(index)] : undefined;
      const element = leaf.isXml ? leaf.path.findLast((step) => /^[a-z]/i.test(step)) : undefined;
      leaves.push({ ...leaf, owner: element ?? String(disk?.target ?? label) });
      return leaf.value;
    });
  return leaves;
}

/** Replaces the guest's name within text by `args.name`, except within marks. */
function withName(value: string | number, name: string): string | number {
  if (typeof value === "number") return value;
  return mapUnmarked(value, (piece) => piece.replaceAll(name, () => nameMark));
}

/** Names a parameter by its owner and the last step of its path, or by more steps if that name is taken. */
function parameterName({ path, isXml, owner }: OwnedLeaf, taken: ReadonlySet<string>): string {
  const owned = [owner, path.at(-1) ?? ""].map((word) => word.replace(/[^A-Za-z0-9]/g, ""));
  const short = `${owned[0]}${owned[0] === "" ? owned[1] : capital(owned[1] ?? "")}`;
  if (/^[a-z]\w*$/.test(short) && !taken.has(short)) return short;
  const words = path
    .filter((step) => step !== "text()" && !(isXml && /^\d+$/.test(step)))
    .map((step) => step.replace(/[^A-Za-z0-9]/g, ""));
  for (let count = 1; count <= words.length; count++) {
    const name = words
      .slice(-count)
      .map((word, index) => (index === 0 ? word : capital(word)))
      .join("");
    if (/^[a-z]/.test(name) && !taken.has(name)) return name;
  }
  return `value${taken.size}`;
}
