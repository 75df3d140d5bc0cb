import * as virsh from "../../provider/index.ts";
import type { Given } from "./mistakes.ts";
import { domain } from "./mistakes.ts";

/** Programs without a mistake. No preview of them may say "not possible". */
export const correct: Readonly<Record<string, (given: Given) => void>> = {
  "a thread of a guest that is there, with what needs it": ({ host, label, web: domain, image: file }) => {
    const thread = new virsh.IoThread(`${label}thread`, { host, domain, ioThreadId: 4 });
    const options = { dependsOn: thread };
    new virsh.VirtioDisk(
      `${label}disk`,
      { host, domain, target: "vdd", source: { file }, ioThread: 4 },
      options,
    );
    new virsh.IoThreadPin(`${label}pin`, { host, domain, ioThread: 4, cpuset: "0" }, options);
  },
  "a pin of a thread that is there": ({ host, label, web: domain }) =>
    new virsh.IoThreadPin(`${label}pin`, { host, domain, ioThread: 1, cpuset: "0" }),
  "a thread, its pin, a disk and a controller in a new guest": (given) => {
    const { host, label } = given;
    const { name } = domain(given);
    const { ioThreadId } = new virsh.IoThread(`${label}thread`, { host, domain: name });
    const ioThread = ioThreadId.apply((id) => Number(id));
    new virsh.IoThreadPin(`${label}pin`, { host, domain: name, ioThread, cpuset: "0" });
    new virsh.VirtioScsiController(`${label}scsi`, { host, domain: name, index: 0, ioThread });
    new virsh.VirtioDisk(`${label}disk`, {
      host,
      domain: name,
      target: "vdb",
      source: { file: given.image },
      ioThread,
    });
  },
  "an image whose name another resource gives": (given) => {
    const first = domain(given);
    const { host, type, label } = given;
    const thread = new virsh.IoThread(`${label}thread`, { host, domain: first.name });
    const file = thread.threadId.apply((id) => `/later/${id}.raw`);
    const disks = [{ target: "vda", source: { file } }];
    new virsh.Domain(`${label}db2`, { host, type, name: `${given.db}-2`, memory: "64 MiB", disks });
  },
  "one image of a guest that is off and one that runs": (given) =>
    domain(given, { disks: [{ target: "vda", source: { file: given.webImage } }] }),
  "one image that both guests only read": (given) => {
    const args = { running: true, disks: [{ target: "vda", readonly: true, source: { file: given.image } }] };
    const first = domain(given, args);
    const { host, type, label, db } = given;
    new virsh.Domain(
      `${label}db2`,
      { host, type, name: `${db}-2`, memory: "64 MiB", ...args },
      { dependsOn: first },
    );
  },
};
