import { chmodSync, chownSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProcessesOf, readCommand, waitFor } from "../sandbox/processes.ts";

import { type Sshd, startSshd, stopSshd } from "../sandbox/sshd.ts";
import { addUser, readUid, removeUser } from "../sandbox/users.ts";
import { type Link, startLink, type Traffic } from "./link.ts";
import { readCpuSeconds } from "./sample.ts";
import { type StandIn, writeReplay, writeStandIn } from "./standIn.ts";

/** The hosts of the bench: one sshd each, behind a counting proxy. All logins use the same Unix user. */
export interface Hosts {
  /** libvirt URIs that lead through the proxies. */
  readonly uris: readonly string[];
  readonly images: readonly [string, string];
  readonly domainType: "qemu" | "test";
  /** Sets the round trip time to add, in milliseconds. */
  delay(roundTripMs: number): void;
  /** Waits until the connections of the previous run have ended, then resets the counts. */
  reset(): Promise<void>;
  read(): Counts;
  remove(): Promise<void>;
}

export interface Counts extends Traffic {
  /** Number of commands for which the servers opened a session. */
  readonly sessions: number;
  /** CPU seconds of sshd, the login's shells, virsh and libvirtd. */
  readonly cpuSeconds: number;
}

const lines = ["LogLevel VERBOSE", "MaxStartups 500", "LoginGraceTime 120"];

/**
 * Starts `count` hosts. With `standIn` each host is libvirt's test driver, which reads that many guests from
 * a file, behind a virsh that repeats its first answers. Without `standIn` there is one host, whose user has
 * a `qemu:///session` libvirtd without guests.
 */
export async function startHosts(folder: string, count: number, standIn: StandIn | null): Promise<Hosts> {
  const user = `tv-${process.pid}-bench`;
  await addUser(user, []);
  const home = `/home/${user}`;
  const owner = readUid(user) ?? 0;
  const images = makeImages(home, owner);
  const driver = standIn ? `test+ssh` : `qemu+ssh`;
  const path = standIn ? writeStandIn(join(home, "hosts.xml"), standIn, images) : "/session";
  const sshdLines = [...lines, ...(standIn ? writeReplay(home, owner) : [])];
  const sshds: Sshd[] = [];
  const links: Link[] = [];
  const uris: string[] = [];
  const remove = async () => {
    await Promise.all(links.map((link) => link.close()));
    for (let at = 0; at < count; at++) await stopSshd(join(folder, `host-${at}`));
    await removeUser(user);
  };
  try {
    for (let at = 0; at < count; at++) {
      const sshd = await startSshd(join(folder, `host-${at}`), { users: [user], lines: sshdLines });
      const address = `127.0.1.${at + 1}`;
      const link = await startLink(address, sshd.port);
      const known = join(folder, `known_hosts-${at}`);
      writeFileSync(known, `[${address}]:${link.port} ${readFileSync(`${sshd.hostKey}.pub`, "utf8")}`);
      sshds.push(sshd);
      links.push(link);
      const query = `keyfile=${sshd.keyfile}&known_hosts=${known}`;
      uris.push(`${driver}://${user}@${address}:${link.port}${path}?${query}`);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  const uid = readUid(user) ?? -1;
  /**
   * Reads all processes again when one has ended since they were listed, because its parent now counts its
   * time.
   */
  const cpuSeconds = (attempts = 5): number => {
    const ofUser = findProcessesOf(uid).filter((pid) => /^(libvirtd|sshd|virsh|sh)$/.test(readCommand(pid)));
    try {
      const all = [...sshds.map((sshd) => sshd.process.pid), ...ofUser];
      return sum(all.map((pid) => readCpuSeconds(pid, true)));
    } catch (error) {
      if (attempts === 1) throw error;
      return cpuSeconds(attempts - 1);
    }
  };
  const sessions = () =>
    sum(sshds.map((sshd) => readFileSync(sshd.log, "utf8").split("Starting session:").length - 1));
  let before = { sessions: 0, cpuSeconds: 0 };
  return {
    uris,
    images,
    domainType: standIn ? "test" : "qemu",
    delay: (ms) => {
      for (const link of links) link.delay(ms);
    },
    reset: async () => {
      const connected = () => findProcessesOf(uid).some((pid) => readCommand(pid) === "sshd");
      await waitFor("the end of the connections", 10_000, async () => !connected());
      for (const link of links) link.reset();
      before = { sessions: sessions(), cpuSeconds: cpuSeconds() };
    },
    read: () => {
      const traffic = links.map((link) => link.read());
      const total = (name: keyof Traffic) => sum(traffic.map((each) => each[name]));
      return {
        connections: total("connections"),
        sessions: sessions() - before.sessions,
        bytesUp: total("bytesUp"),
        bytesDown: total("bytesDown"),
        // Take the highest of one host: the hosts wait in parallel.
        turns: Math.max(...traffic.map((each) => each.turns)),
        cpuSeconds: cpuSeconds() - before.cpuSeconds,
      };
    },
    remove,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function makeImages(home: string, uid: number): [string, string] {
  const folder = join(home, "images");
  mkdirSync(folder, { recursive: true });
  chmodSync(home, 0o755);
  const make = (name: string) => {
    const file = join(folder, name);
    writeFileSync(file, "");
    truncateSync(file, 64 * 1024 * 1024);
    chownSync(file, uid, uid);
    return file;
  };
  return [make("data.raw"), make("log.raw")];
}
