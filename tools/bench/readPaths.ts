import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Client, type ClientChannel } from "ssh2";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { quote } from "../../provider/host/connection/quote.ts";
import { parseHostUri } from "../../provider/host/connection/uri.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain, readHost, readingOf } from "../../provider/host/read/read.ts";
import { sshConnection } from "../../provider/host/ssh/connection.ts";
import { defineGuests } from "./guests.ts";
import type { Hosts } from "./host.ts";
import { type Spread, spread } from "./summary.ts";

/** A way to read all guests of a host. */
export interface ReadPath {
  readonly way: string;
  readonly guests: number;
  readonly delayMs: number;
  readonly wallMs: Spread;
  readonly hostCpuMs: number;
  readonly kiBDown: number;
}

type Read = () => Promise<unknown>;

const libvirt = "qemu:///session";

/** Defines guests on an empty host and reads them in each way, in turn. */
export async function measureReadPaths(
  hosts: Hosts,
  guests: number,
  delaysMs: readonly number[],
  rounds: number,
): Promise<ReadPath[]> {
  const [uri = ""] = hosts.uris;
  await defineGuests(connectionTo(uri), hosts.images, guests);
  await connectionTo(uri).close();
  const found: ReadPath[] = [];
  const parsed = parseHostUri(uri);
  if ("failure" in parsed) throw new Error(parsed.failure);
  for (const delayMs of delaysMs) {
    hosts.delay(delayMs);
    await hosts.reset();
    const connection = connectionTo(uri);
    const opened = await openVirsh(uri);
    const shell = await openShell(uri);
    const one = readingOf(connection, "bench-0");
    const ways: Record<string, Read> = {
      "one virsh for the facts of all, one for their XML": () => readHost(connection),
      "the same by one virsh that stays open on a channel": opened.read,
      "two virsh, four commands per guest": () => readEach(connection),
      "the first, and connecting before it": async () => {
        const fresh = sshConnection(parsed);
        await readHost(fresh);
        await fresh.close();
      },
      "connecting alone, and running true": async () => {
        const fresh = sshConnection(parsed);
        await fresh.run([{ argv: ["true"] }]);
        await fresh.close();
      },
      "one guest, in a session of its own": () => readDomain(connection, "bench-0"),
      "one guest, by a shell that stays open on a channel": () => shell.run(one.command.argv),
    };
    const figures = new Map<string, { wall: number[]; cpu: number[]; bytes: number[] }>();
    for (let round = 0; round < rounds; round++)
      for (const [way, read] of Object.entries(ways)) {
        const before = hosts.read();
        const start = performance.now();
        await read();
        const all = figures.get(way) ?? { wall: [], cpu: [], bytes: [] };
        all.wall.push(performance.now() - start);
        // The kernel adds a process's time to its parent only when the parent has waited for it.
        await pause(200);
        const after = hosts.read();
        all.cpu.push((after.cpuSeconds - before.cpuSeconds) * 1000);
        all.bytes.push((after.bytesDown - before.bytesDown) / 1024);
        figures.set(way, all);
      }
    for (const each of [opened, shell]) each.close();
    await connection.close();
    for (const [way, { wall, cpu, bytes }] of figures) {
      const [hostCpuMs, kiBDown] = [spread(cpu).median, spread(bytes).median];
      found.push({ way, guests, delayMs, wallMs: spread(wall), hostCpuMs, kiBDown });
    }
  }
  return found;
}

/** Reads the way that older versions did: a few questions for each guest. */
async function readEach(connection: Connection): Promise<void> {
  const script = `batch=
for uuid in $(virsh -c ${libvirt} list --all --uuid); do
  batch="$batch dominfo $uuid; domstate --reason $uuid; dumpxml --inactive --security-info $uuid; dumpxml --security-info $uuid;"
done
virsh -c ${libvirt} "$batch"`;
  const [result] = await connection.run([{ argv: ["sh", "-c", script], timeoutSeconds: 300 }]);
  if (result?.exitCode !== 0) throw new Error(`reading each: ${result?.stderr}`);
}

interface Channel {
  /** Sends lines of input and waits for an output line that equals the mark. */
  ask(lines: (mark: string) => readonly string[]): Promise<string>;
  close(): void;
}

/** Opens a command that stays open, without the provider's handling of broken connections. */
async function openChannel(uri: string, command: string): Promise<Channel> {
  const [, username = "", host = "", port = ""] = /\/\/(.*)@(.*):(\d+)/.exec(uri) ?? [];
  const keyfile = new URLSearchParams(uri.replace(/^.*\?/, "")).get("keyfile") ?? "";
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.connect({ host, port: Number(port), username, privateKey: readFileSync(keyfile) });
  });
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  let text = "";
  let heard = () => {};
  channel.on("data", (data: Buffer) => {
    text += data.toString();
    heard();
  });
  return {
    ask: async (lines) => {
      const mark = `@@${Math.random()}`;
      text = "";
      channel.write(`${lines(mark).join("\n")}\n`);
      await new Promise<void>((resolve) => {
        heard = () => {
          if (text.slice(-200).includes(`\n${mark}\n`)) resolve();
        };
      });
      return text;
    },
    close: () => client.end(),
  };
}

async function openShell(
  uri: string,
): Promise<{ run(argv: readonly string[]): Promise<unknown>; close(): void }> {
  const { ask, close } = await openChannel(uri, "exec sh -s");
  const run = (argv: readonly string[]) =>
    ask((mark) => [`${argv.map(quote).join(" ")} </dev/null`, `printf '\\n%s\\n' ${mark}`]);
  return { run, close };
}

/**
 * Opens a `virsh` that reads its commands from the channel. It echoes its input, so a mark shows where an
 * answer ends.
 */
async function openVirsh(uri: string): Promise<{ read: Read; close(): void }> {
  const { ask, close } = await openChannel(uri, `exec virsh -c ${libvirt}`);
  const lists = ["transient", "autostart", "with-managed-save"].map((flag) => `list --all --${flag} --uuid`);
  const facts = ["version --daemon", "nodecpumap --pretty", ...lists, "domstats --state --iothread --nowait"];
  return {
    read: async () => {
      const answer = await ask((mark) => [...facts, "list --all --uuid --name", `echo ${mark}`]);
      const uuids = answer.match(/^[0-9a-f-]{36}(?= )/gm) ?? [];
      await ask((mark) => [
        ...uuids.map((uuid) => `dumpxml --inactive --security-info ${uuid}`),
        `echo ${mark}`,
      ]);
    },
    close,
  };
}
