import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A mounted hierarchy of control groups. */
interface Hierarchy {
  readonly at: string;
  readonly type: "cgroup" | "cgroup2";
  /** What mounts the same hierarchy once more: its controllers, or its name. */
  readonly options: string;
}

/** A line for each hierarchy of the machine: `place type options`. */
export function printHierarchies(): string {
  return hierarchies()
    .map(({ at, type, options }) => `${at} ${type} ${options}`)
    .join("\n");
}

/** Makes the group of that name in every hierarchy; returns the folders that a process joins. */
export function makeGroups(name: string): readonly string[] {
  return hierarchies().flatMap(({ at, type }) => {
    const group = join(at, name);
    try {
      mkdirSync(group, { recursive: true });
      for (const file of ["cpuset.cpus", "cpuset.mems"]) inherit(at, group, file);
      if (type === "cgroup") return [group];
      // A group of version 2 that gives controllers to groups below it holds no process itself.
      const leaf = join(group, "processes");
      mkdirSync(leaf, { recursive: true });
      return [leaf];
    } catch {
      // A hierarchy that is read-only here: its processes stay in the group of who starts them.
      return [];
    }
  });
}

/** Words before those of a command: it joins the groups first. */
export function joining(groups: readonly string[]): readonly string[] {
  const join = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"';
  return ["sh", "-c", join, "sh", ...groups, "--"];
}

/** A new cpuset of version 1 is empty, and takes no process then. */
function inherit(from: string, to: string, file: string): void {
  if (!existsSync(join(to, file))) return;
  if (readFileSync(join(to, file), "utf8").trim() !== "") return;
  const given = [`${file}.effective`, file].map((name) => join(from, name)).find(existsSync);
  if (given) writeFileSync(join(to, file), readFileSync(given, "utf8"));
}

/** Processes in the groups of that name. */
export function processesIn(name: string): readonly number[] {
  const groups = hierarchies().flatMap(({ at }) => below(join(at, name)));
  const lists = groups.map((group) => readFileSync(join(group, "cgroup.procs"), "utf8"));
  return [...new Set(lists.flatMap((list) => list.split("\n").filter(Boolean).map(Number)))];
}

/** Removes the groups of that name, which hold no process any more. */
export function removeGroups(name: string): void {
  for (const { at } of hierarchies()) for (const group of below(join(at, name))) rmdirSync(group);
}

/** The group and all groups in it, the innermost first. */
function below(group: string): readonly string[] {
  if (!existsSync(group)) return [];
  const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inner.flatMap((entry) => below(join(group, entry.name))), group];
}

export function hierarchies(): readonly Hierarchy[] {
  const controllers = new Set(
    readFileSync("/proc/cgroups", "utf8")
      .split("\n")
      .map((line) => line.split("\t")[0] ?? ""),
  );
  const lines = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return lines.flatMap((line): Hierarchy[] => {
    const [, at = "", type, options = ""] = line.split(" ");
    if (type === "cgroup2") return [{ at, type, options: "rw" }];
    if (type !== "cgroup") return [];
    const own = options.split(",").filter((option) => controllers.has(option) || option.startsWith("name="));
    const isNamed = own.some((option) => option.startsWith("name="));
    return [{ at, type, options: [...(isNamed ? ["none"] : []), ...own].join(",") }];
  });
}
