import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { HostError } from "../../provider/errors.ts";
import { filesOfStart } from "../../provider/host/apply/imageFiles.ts";
import { previewFiles } from "../../provider/host/apply/previewFiles.ts";
import type { Command, Connection } from "../../provider/host/connection/connection.ts";
import { localConnection } from "../../provider/host/connection/local.ts";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { askTogether } from "../../provider/host/read/together.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { lacksOf } from "../../provider/operations/findings/lacks.ts";
import type { Look, PlannedLook } from "../../provider/operations/look.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";

const image = (path: string) => ({ disk: "vda", property: "source.file", path });
const disk = (target: string, file: string) =>
  `<disk type='file'><source file='${file}'/><target dev='${target}'/></disk>`;
const guest = (...disks: string[]) =>
  parseDomainXml(`<domain type='kvm'><name>a</name><devices>${disks.join("")}</devices></domain>`);

describe("files that a preview looks for", () => {
  let folder: string;
  let asked: (readonly Command[])[];
  let connection: Connection;
  const at = (name: string) => join(folder, name);
  const missingOf = async (path: string) => (await previewFiles(connection, [image(path)])).missing;

  beforeEach(() => {
    beginRun();
    folder = temporaryFolder("files");
    for (const name of ["a.raw", "b.raw", "like a mark@"]) writeFileSync(at(name), "");
    mkdirSync(at("folder"));
    symlinkSync(at("gone"), at("dangling"));
    symlinkSync(at("folder"), at("tofolder"));
    symlinkSync(at("a.raw"), at("toimage"));
    symlinkSync(folder, at("self"));
    asked = [];
    const local = localConnection("test:///default", `files ${folder}`);
    connection = {
      ...local,
      run: (commands, options) => {
        asked.push(commands);
        return local.run(commands, options);
      },
    };
  });
  afterEach(() => removeFolder(folder));

  it("asks once for all images of a folder, and once for each link", async () => {
    for (const name of ["a.raw", "b.raw", "self/a.raw", "self/b.raw", "toimage", "toimage"])
      expect(await missingOf(at(name))).to.deep.equal([]);
    expect(asked).to.have.length(3);
  });

  for (const [name, want] of [
    ["dangling", /dangling of disk vda does not exist there/],
    ["tofolder", /tofolder of disk vda is a folder there/],
    ["folder", /folder of disk vda is a folder there/],
    ["like a mark", /like a mark of disk vda does not exist there/],
    ["toimage", null],
    ["like a mark@", null],
  ] as const)
    it(`asks for "${name}" after its folder was listed`, async () => {
      expect(await missingOf(at("a.raw"))).to.deep.equal([]);
      const missing = await missingOf(at(name));
      if (want === null) expect(missing).to.deep.equal([]);
      else expect(missing.join()).to.match(want);
    });

  it("lists no folder for a path that is not absolute", async () => {
    const found = await previewFiles(connection, [image(at("a.raw")), image("no such image.raw")]);
    expect(found.missing.join()).to.match(/^source.file no such image.raw of disk vda does not exist/);
    expect(asked[0]?.[0]?.argv.slice(4)).to.deep.equal([folder]);
    for (const name of ["package.json", "provider"])
      expect(await missingOf(at(name)), name).to.have.length(1);
  });

  it("finds no problem when the host can't answer", async () => {
    const mute = { ...connection, run: () => Promise.reject(new HostError("no answer", connection.host)) };
    expect(await previewFiles(mute, [image(at("gone"))])).to.deep.equal({ missing: [], closed: [] });
  });

  it("gives each question little time, unless it asks for more", async () => {
    await askTogether(connection, [{ argv: ["true"] }, { argv: ["true"], timeoutSeconds: 60 }]);
    expect(asked.flat().map(({ timeoutSeconds }) => timeoutSeconds)).to.deep.equal([10, 60]);
  });

  it("looks for all files of a guest that a start opens", () => {
    const next = guest(disk("vda", "/a"), disk("vdb", "/b"), disk("vdc", "/c"));
    const found = filesOfStart(next, [guest(disk("vda", "/a")), guest(disk("vdb", "/new"))]);
    expect(found.map(({ path }) => path)).to.deep.equal(["/a", "/c"]);
  });

  for (const [title, kind, args, running, restarts, want] of [
    ["is started as it is", kinds.Domain, { running: true }, false, false, 1],
    ["stays off", kinds.Domain, {}, false, false, 0],
    ["runs on", kinds.Domain, { running: true }, true, false, 0],
    ["is power-cycled", kinds.Domain, { running: true }, true, true, 1],
    ["is power-cycled for a thread", kinds.IoThread, {}, true, true, 1],
    ["is off while a thread changes", kinds.IoThread, {}, false, false, 0],
  ] as const)
    it(`an image is gone and the guest ${title}`, async () => {
      const xml = `<domain type='kvm'><name>a</name><devices>${disk("vda", at("gone"))}</devices></domain>`;
      const look = { connection, kind, args, name: "a", declared: guest() };
      const change = {
        domain: { host: connection.host, name: "a", inactiveXml: xml, liveXml: running ? xml : null },
        plan: { define: null, changes: [], liveSteps: [], restarts },
      };
      const { obstacles } = await lacksOf(look as unknown as Look, change as unknown as PlannedLook);
      expect(obstacles).to.have.length(want);
      if (want > 0) expect(obstacles[0]).to.contain(`${at("gone")} of disk vda does not exist there`);
    });
});
