import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { readDomain } from "../../provider/host/read/read.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { valueAt } from "../../provider/model/xml/read.ts";
import { checkResource } from "../../provider/operations/check.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

/** Words with a meaning in a shell, virsh or XML, each mixed with plain letters. */
const mark = "/run/pulumi-virsh/injected";
const hostile = fc
  .array(
    fc.constantFrom(
      "a",
      " ",
      "'",
      '"',
      "\\",
      "`",
      `$(touch ${mark})`,
      `; touch ${mark};`,
      `\`touch ${mark}\``,
      "| cat",
      "> x",
      "&",
      "&amp;",
      "<b>",
      "]]>",
      "--",
      "--edit",
      "-x",
      "*",
      "!",
      "%s",
      "é",
      "\u202e",
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text.trim() !== "");

describe("hostile words reach virsh as data", function () {
  this.timeout(600_000);
  let box: Sandbox;
  before(async () => {
    box = await sandbox();
    rmSync(mark, { force: true });
  });
  afterEach(() => expect(existsSync(mark), "something was run").to.equal(false));

  it("texts and metadata of a running guest, live and in the definition", async () => {
    const guest = await testDomain("injection");
    await guest.create("Domain", { type: box.domainType, memory: "32 MiB", ioThreads: 1, running: true });
    let recorded: Arguments = {};
    const law = fc.asyncProperty(hostile, hostile, hostile, async (title, description, value) => {
      const attributes = [
        { name: "xmlns:t", value: "urn:t" },
        { name: "at", value },
      ];
      const rack = printXml({ kind: "element", name: "t:rack", attributes, children: [] });
      const args = { title, description, xml: `<domain><metadata>${rack}</metadata></domain>` };
      await guest.update("Domain", recorded, args);
      recorded = args;
      const { inactiveXml, liveXml } = await guest.facts();
      for (const side of [inactiveXml, liveXml ?? ""].map((xml) => parseDomainXml(xml))) {
        expect(valueAt(side, "title")?.trim()).to.equal(title.trim());
        expect(valueAt(side, "description")?.trim()).to.equal(description.trim());
        expect(valueAt(side, "metadata/t:rack/@at")).to.equal(value);
      }
      expect((await guest.preview("Domain", args)).lines).to.deep.equal([]);
    });
    try {
      await fc.assert(law, { numRuns: 6, endOnFailure: true });
    } finally {
      await guest.remove();
    }
  });

  it("names of domains and paths of images", async () => {
    const folder = join(imagesFolder(), "injection");
    mkdirSync(folder, { recursive: true });
    const law = fc.asyncProperty(hostile, hostile, async (name, path) => {
      const file = join(folder, path.replaceAll("/", "_"));
      writeFileSync(file, "");
      const guest = await testDomain(`injection${name.replaceAll("/", "_")}`);
      const disks = [{ target: "vda", source: { file } }];
      try {
        await guest.create("Domain", { type: "qemu", memory: "32 MiB", disks });
        const { name: found, inactiveXml } = await guest.facts();
        const tree = parseDomainXml(inactiveXml);
        expect(found).to.equal(guest.name);
        expect(valueAt(tree, "name")).to.equal(guest.name.trim());
        expect(valueAt(tree, "devices/disk/source/@file")).to.equal(file);
        expect(
          (await guest.preview("Domain", { type: "qemu", memory: "32 MiB", disks })).lines,
        ).to.deep.equal([]);
        await guest.delete("Domain", {});
        expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
        const gone = await failureOf(
          guest.create("Domain", {
            memory: "32 MiB",
            disks: [{ target: "vda", source: { file: `${file}x` } }],
          }),
        );
        expect(gone.message).to.contain("does not exist");
      } finally {
        await guest.remove();
        rmSync(file, { force: true });
      }
    });
    const examples: [string, string][] = [
      [" a ", " b "],
      ["-x*`*\u202e ", "-x<b>é"],
    ];
    await fc.assert(law, { examples, numRuns: 6, endOnFailure: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it("CPU sets, ids, targets and XML that are none are refused before anything is asked of a host", () => {
    const host = "qemu+ssh://nobody@no-such-host.invalid/system";
    const law = fc.property(hostile, (text) => {
      const at = { host, domain: "d" };
      const bad = [
        [kinds.IoThreadPin, { ...at, ioThread: 1, cpuset: text }],
        [kinds.IoThreadPin, { ...at, ioThread: text, cpuset: "0" }],
        [kinds.IoThread, { ...at, ioThreadId: text }],
        [kinds.IoThread, { ...at, ioThreadId: 1, pollMaxNs: text }],
        [kinds.VirtioDisk, { ...at, target: text, source: { file: "/a" } }],
        [kinds.VirtioScsiController, { ...at, index: text }],
        [kinds.Domain, { host, name: "d", memory: text }],
        [kinds.Domain, { host, name: "d", uuid: text }],
        [kinds.Domain, { host, name: "d", xml: text }],
        [kinds.Domain, { host: text, name: "d" }],
      ] as const;
      for (const [kind, args] of bad)
        expect(checkResource(kind, args), JSON.stringify(args)).to.not.deep.equal([]);
    });
    fc.assert(law, { numRuns: 100 });
  });
});
