import { randomBytes } from "node:crypto";
import { HostError } from "../../errors.ts";
import { parseVersion } from "../../model/values/version.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { DoctorFacts, DomainJob } from "../../plan/doctor/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { canonicalHost, connectionTo } from "../connections.ts";
import { answerSeconds } from "../process/limits.ts";
import { parseCapabilities } from "../read/capabilities.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { failureOf } from "./failure.ts";
import { doctorScript } from "./script.ts";
import { examineStorage } from "./storage.ts";

const mostSessions = 10;

/** Examines a host as far as it can be reached. A failure becomes one of the facts, not an error. */
export async function examineHost(uri: string): Promise<DoctorFacts> {
  const nothing: DoctorFacts = {
    ...{ host: canonicalHost(uri), isSsh: /^\w+\+ssh:/.test(uri), failure: null, user: null },
    ...{ libvirtVersion: null, qemuVersion: null, securityModels: null, domainTypes: null },
    ...{ hasKvmDevice: null, cgroup: null, jobs: null, sessions: null, clockSeconds: null, storage: null },
  };
  try {
    const connection = connectionTo(uri);
    const facts = { ...nothing, ...(await ask(connection)) };
    const storage =
      facts.failure === null ? await examineStorage(connection, answerSeconds(connection.host)) : null;
    const open = await connection.countSessions?.(mostSessions);
    const sessions = open === undefined ? null : { open, tried: mostSessions };
    return { ...facts, storage, sessions };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { ...nothing, failure: failureOf(error) };
  }
}

async function ask(connection: Connection): Promise<Partial<DoctorFacts>> {
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const seconds = answerSeconds(connection.host);
  const argv = ["sh", "-c", doctorScript, "sh", connection.virshUri, mark, String(seconds)];
  const before = Date.now();
  const [result] = await connection.run([{ argv, timeoutSeconds: 3 * seconds + 10 }], { isRead: true });
  const between = (before + Date.now()) / 2;
  const frames = new Map<string, string>();
  const jobs: [string, string][] = [];
  for (const frame of (result?.stdout ?? "").split(`${mark} `).slice(1)) {
    const at = frame.indexOf("\n");
    const [key = "", uuid] = frame.slice(0, at).trim().split(" ");
    if (uuid === undefined) frames.set(key, frame.slice(at).trim());
    else jobs.push([uuid, frame.slice(at).trim()]);
  }
  const text = (key: string) => frames.get(key) ?? "";
  const [uid = "", name = "", groups = ""] = text("user").split("\n");
  // We don't know when during the command the clock was read, so a slow command makes it look off by half its
  // duration.
  const clock = Number(text("clock")) - between / 1000;
  const own: Partial<DoctorFacts> = {
    user: { name, uid: Number(uid), groups: groups.split(" ") },
    cgroup: text("cgroup") || null,
    hasKvmDevice: text("kvm") === "there",
    clockSeconds: Math.abs(clock) < (Date.now() - before) / 1000 ? 0 : clock,
  };
  const said = { argv: ["virsh", "-c", connection.virshUri, "version"], stderr: result?.stderr ?? "" };
  const what = "libvirt does not answer";
  try {
    if (frames.has("failed"))
      throw commandError(what, connection.host, { ...said, exitCode: said.stderr === "" ? 124 : 1 });
    if (!frames.has("active") || !frames.has("done") || (jobs.length > 0 && !frames.has("end")))
      throw answerError(what, connection.host, said, frames.size === 0 ? "nothing that was asked" : "no end");
    return { ...own, ...libvirtFacts(connection, text), jobs: jobsOf(jobs, text("active")) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { ...own, failure: failureOf(error) };
  }
}

function libvirtFacts(connection: Connection, text: (key: string) => string): Partial<DoctorFacts> {
  const version = (word: string) => parseVersion(text("version"), word);
  const versions = { libvirtVersion: version("daemon"), qemuVersion: version("hypervisor") };
  if (!text("capabilities").startsWith("<")) return versions;
  const asked = { argv: ["virsh", "capabilities"], exitCode: 0, stdout: text("capabilities"), stderr: "" };
  const capabilities = parseCapabilities(connection, asked);
  const arch = valueAt(capabilities, "host/cpu/arch");
  const own = elementsAt(capabilities, "guest/arch").filter((each) => attributeOf(each, "name") === arch);
  return {
    ...versions,
    securityModels: elementsAt(capabilities, "host/secmodel").map((each) => valueAt(each, "model") ?? ""),
    domainTypes: own
      .flatMap((each) => elementsAt(each, "domain"))
      .map((each) => attributeOf(each, "type") ?? ""),
  };
}

function jobsOf(jobs: readonly [string, string][], active: string): DomainJob[] {
  const names = new Map(
    active.split("\n").map((line) => [line.trim().slice(0, 36), line.trim().slice(36).trim()]),
  );
  return jobs.map(([uuid, state]) => ({
    domain: names.get(uuid) ?? uuid,
    state: state.split("\n")[0] ?? "",
  }));
}
