import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { printVersion } from "../../provider/model/values/version.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome, TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds: readonly (readonly [string, (program: TestStack["program"]) => Promise<TestStack>])[] = [
  ["dynamic resources", (program) => makeStack(program)],
  ["the native plugin", (program) => makeNativeStack(program)],
];

const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");
const ofDomain = ({ messages }: Outcome) =>
  messages
    .filter(({ urn }) => urn.endsWith(":Domain::db"))
    .map(({ severity, text }) => `${severity} ${text}`);

describe("what a host's libvirt does not know, in a preview", function () {
  this.timeout(300_000);
  /** Of the host's libvirt. */
  let version: string;
  before(async () => {
    const { host } = await readHost(connectionTo((await sandbox()).uri));
    version = printVersion(host.libvirtVersion);
  });

  for (const [frontEnd, make] of frontEnds) {
    it(`is a warning of its resource, and with strictXml a failure: ${frontEnd}`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      const name = testName("schema");
      let inner = "";
      let strict: { strictXml?: true } = {};
      let title = "one";
      const stack = await make(async () => {
        const xml = `<domain>${inner}</domain>`;
        new virsh.Domain("db", { host, name, type, memory: "32 MiB", title, xml, ...strict });
      });
      const warning = new RegExp(
        `warning ${name}: xml\\["memroy"\\] is not in the schema of libvirt ${version} of \\S+, which ignores or refuses it: check how it is written, or leave it out`,
      );
      try {
        await stack.up();
        inner = "<memroy/>";
        expect(ofDomain(await stack.preview()).join("\n")).to.match(warning);
        const up = await stack.up();
        expect(ofDomain(up).join("\n")).to.contain(
          `${name}: memroy is declared, and libvirt ${version} ignores it: it does not know it, or not for this kind of device`,
        );
        // Nothing changes, but every run repeats the warning.
        const next = await stack.preview();
        expect(changed(next)).to.deep.equal([]);
        expect(ofDomain(next).join("\n")).to.match(warning);
        title = "two";
        const edited = await stack.preview();
        expect(changed(edited).map(({ op }) => op)).to.deep.equal(["update"]);
        expect(ofDomain(edited).join("\n")).to.contain(`info ${name}: title one → two (define)`);
        inner = "<memroy/><descripton/>";
        strict = { strictXml: true };
        const failure = await stack.preview().then(
          () => "",
          (error: Error) => error.message,
        );
        expect(failure)
          .to.match(/xml\["memroy"\]/)
          .and.to.match(/xml\["descripton"\]/);
        const { domain } = await readDomain(connectionTo(host), name);
        expect(domain?.inactiveXml).to.contain("<title>one</title>");
      } finally {
        await stack.remove();
        await removeDomain(name);
      }
    });
  }

  for (const [frontEnd, make] of frontEnds) {
    it(`what the schema knows and libvirt leaves out is a note once it was tried: ${frontEnd}`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      const name = testName("left-out");
      let title = "one";
      const stack = await make(async () => {
        const xml = "<domain><seclabel type='none' model='dac' relabel='no'/></domain>";
        const db = new virsh.Domain("db", { host, name, type, memory: "32 MiB", title, xml });
        return { ignored: db.ignoredByLibvirt };
      });
      const place = "seclabel/@relabel";
      const note = `${name}: ${place} is declared, and libvirt ${version} ignores it`;
      try {
        expect(ofDomain(await stack.up()).join("\n")).to.contain(note);
        expect((await stack.outputs()).ignored).to.deep.equal([
          { path: place, value: "no", libvirt: version },
        ]);
        expect(changed(await stack.preview())).to.deep.equal([]);
        await stack.refresh();
        expect(changed(await stack.preview())).to.deep.equal([]);
        expect(ofDomain(await stack.preview()).join("\n")).to.contain(note);
        title = "two";
        const edited = ofDomain(await stack.preview()).join("\n");
        expect(edited)
          .to.contain("title one → two")
          .and.not.to.match(/info .*relabel/);
        await stack.up();
        expect(changed(await stack.preview())).to.deep.equal([]);
      } finally {
        await stack.remove();
        await removeDomain(name);
      }
    });
  }

  it("is told of a new domain by both front ends", async () => {
    const { uri: host, domainType: type } = await sandbox();
    for (const [, make] of frontEnds) {
      const xml = "<domain><memroy/></domain>";
      const stack = await make(async () => {
        new virsh.Domain("db", { host, name: testName("schema-new"), type, memory: "32 MiB", xml });
      });
      try {
        expect((await stack.preview()).diagnostics.join("\n")).to.match(
          /xml\["memroy"\] is not in the schema of libvirt \d+\.\d+\.0/,
        );
      } finally {
        await stack.remove();
      }
    }
  });
});
