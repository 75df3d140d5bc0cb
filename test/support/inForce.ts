import { readFileSync } from "node:fs";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { ioThreadIds } from "../../provider/model/elements/domain/ioThreads.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { attributeOf, elementsAt, valueAt } from "../../provider/model/xml/read.ts";
import type { TestDomain } from "./domains.ts";

/** Lists facts in libvirt's live XML that QEMU or the kernel contradicts; empty when all are true. */
export async function findLies(guest: TestDomain): Promise<readonly string[]> {
  const { liveXml, qemuPid } = await guest.facts();
  const live = parseDomainXml(liveXml ?? "<domain/>");
  const backends = ["devices/disk", "devices/controller"]
    .flatMap((place) => elementsAt(live, place))
    .filter((device) => isVirtio(device))
    .map((device) => ({ alias: valueAt(device, "alias/@name"), id: valueAt(device, "driver/@iothread") }));
  const [threads = [], ...served] = await ask(guest, [
    { execute: "query-iothreads" },
    ...backends.map(({ alias }) => ({
      execute: "qom-get",
      arguments: { path: `/machine/peripheral/${alias}/virtio-backend`, property: "iothread" },
    })),
  ]);
  const ids = (threads as readonly Thread[]).map(({ id }) => id).toSorted((a, b) => a.localeCompare(b));
  const wanted = ioThreadIds(live)
    .map((id) => `iothread${id}`)
    .toSorted((a, b) => a.localeCompare(b));
  const lies = ids.join() === wanted.join() ? [] : [`QEMU has ${ids.join()}, not ${wanted.join()}`];
  const pins = new Map(
    elementsAt(live, "cputune/iothreadpin").map((each) => [
      `iothread${attributeOf(each, "iothread")}`,
      attributeOf(each, "cpuset"),
    ]),
  );
  for (const { id, "thread-id": tid } of threads as readonly Thread[]) {
    const status = readFileSync(`/proc/${qemuPid}/task/${tid}/status`, "utf8");
    const allowed = /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1];
    const pinned =
      pins.get(id) ?? /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync("/proc/1/status", "utf8"))?.[1];
    if (allowed !== pinned) lies.push(`${id} may use ${allowed}, not ${pinned}`);
  }
  for (const [index, { alias, id }] of backends.entries()) {
    if (served[index] !== (id === undefined ? "" : `/objects/iothread${id}`))
      lies.push(`${alias} is served by ${served[index] || "the main loop"}, not ${id}`);
  }
  return lies;
}

interface Thread {
  readonly id: string;
  readonly "thread-id": number;
}

/** Sends all questions to QEMU with one virsh. Returns QEMU's answers. */
async function ask(guest: TestDomain, questions: readonly object[]): Promise<readonly unknown[]> {
  const commands = questions.map((each) => `qemu-monitor-command ${guest.name} '${JSON.stringify(each)}'`);
  const { stdout } = await runOne(
    guest.connection,
    "ask QEMU",
    virsh(guest.connection, [commands.join("; ")]),
  );
  const answers = stdout.split("\n").filter((line) => line.startsWith("{"));
  return answers.map((line) => (JSON.parse(line) as { return: unknown }).return);
}

function isVirtio(device: ReturnType<typeof elementsAt>[number]): boolean {
  if (device.name === "disk") return valueAt(device, "target/@bus") === "virtio";
  return attributeOf(device, "type") === "scsi" && (attributeOf(device, "model") ?? "").startsWith("virtio");
}
