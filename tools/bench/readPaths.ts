import { readFileSync } from "node:fs";
import { Client, type ClientChannel } from "ssh2";
import type { Connection } from "../../provider/host/connection.ts";
import { readHost } from "../../provider/host/read.ts";
import { connectionTo } from "../../provider/host/session.ts";
import { sshConnection } from "../../provider/host/ssh.ts";
import { parseHostUri } from "../../provider/host/uri.ts";
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
    const ways: Record<string, Read> = {
      "one virsh for the facts of all, one for their XML": () => readHost(connection),
      "the same by one virsh that stays open on a channel": opened.read,
      "two virsh, four commands per guest": () => readEach(connection),
      "the first, and connecting before it": async () => {
        const fresh = sshConnection(parsed);
        await readHost(fresh);
        await fresh.close();
      },
    };
    const figures = new Map<string, { wall: number[]; cpu: number[]; bytes: number[] }>();
    for (let round = 0; round < rounds; round++)
      for (const [way, read] of Object.entries(ways)) {
        const before = hosts.read();
        const start = performance.now();
        await read();
        const all = figures.get(way) ?? { wall: [], cpu: [], bytes: [] };
        all.wall.push(performance.now() - start);
        const after = hosts.read();
        all.cpu.push((after.cpuSeconds - before.cpuSeconds) * 1000);
        all.bytes.push((after.bytesDown - before.bytesDown) / 1024);
        figures.set(way, all);
      }
    opened.close();
    await connection.close();
    for (const [way, { wall, cpu, bytes }] of figures) {
      const [hostCpuMs, kiBDown] = [spread(cpu).median, spread(bytes).median];
      found.push({ way, guests, delayMs, wallMs: spread(wall), hostCpuMs, kiBDown });
    }
  }
  return found;
}

/** As it was done before: what is short is asked of each guest. */
async function readEach(connection: Connection): Promise<void> {
  const script = `batch=
for uuid in $(virsh -c ${libvirt} list --all --uuid); do
  batch="$batch dominfo $uuid; domstate --reason $uuid; dumpxml --inactive --security-info $uuid; dumpxml --security-info $uuid;"
done
virsh -c ${libvirt} "$batch"`;
  const [result] = await connection.run([{ argv: ["sh", "-c", script], timeoutSeconds: 300 }]);
  if (result?.exitCode !== 0) throw new Error(`reading each: ${result?.stderr}`);
}

/** A `virsh` whose input is the channel: it echoes what it reads, so that answers are found by a mark. */
async function openVirsh(uri: string): Promise<{ read: Read; close(): void }> {
  const [, username = "", host = "", port = ""] = /\/\/(.*)@(.*):(\d+)/.exec(uri) ?? [];
  const keyfile = new URLSearchParams(uri.replace(/^.*\?/, "")).get("keyfile") ?? "";
  const client = new Client();
  await new Promise<void>((resolve, reject) => {
    client.once("ready", resolve).once("error", reject);
    client.connect({ host, port: Number(port), username, privateKey: readFileSync(keyfile) });
  });
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.exec(`exec virsh -c ${libvirt}`, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  let text = "";
  let heard = () => {};
  channel.on("data", (data: Buffer) => {
    text += data.toString();
    heard();
  });
  const ask = async (commands: readonly string[]): Promise<string> => {
    const mark = `@@${Math.random()}`;
    text = "";
    channel.write(`${[...commands, `echo ${mark}`].join("\n")}\n`);
    await new Promise<void>((resolve) => {
      heard = () => {
        if (text.slice(-200).includes(`\n${mark}\n`)) resolve();
      };
    });
    return text;
  };
  const lists = ["transient", "autostart", "with-managed-save"].map((flag) => `list --all --${flag} --uuid`);
  const facts = ["version --daemon", "nodecpumap --pretty", ...lists, "domstats --state --iothread --nowait"];
  return {
    read: async () => {
      const answer = await ask([...facts, "list --all --uuid --name"]);
      const uuids = answer.match(/^[0-9a-f-]{36}(?= )/gm) ?? [];
      await ask(uuids.map((uuid) => `dumpxml --inactive --security-info ${uuid}`));
    },
    close: () => client.end(),
  };
}
