import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import type { FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { sandbox } from "../support/sandbox.ts";

const secrets = /hunter[0-9]|cloud-secret/;

/** A console's password, cloud-init user data, a token in a note and one in another tool's metadata. */
const declared = (password: string, data: string): Arguments => ({
  xml: `<domain><description>token=${data}</description>
    <metadata><t:a xmlns:t='urn:t' password='${password}'><t:secrets><t:b>${data}</t:b></t:secrets></t:a></metadata><sysinfo type='fwcfg'><entry name='opt/org.example/user-data'>${data}</entry></sysinfo>
    <devices><graphics type='vnc' passwd='${password}'/></devices></domain>`,
});

describe("secrets on a host", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let host: FaultyHost;
  let guest: TestDomain;
  let base: Arguments;
  before(async () => {
    box = await sandbox();
    host = await startFaultyHost();
    guest = await testDomain("secrets", host.uri());
    base = { type: box.domainType, memory: "32 MiB", running: true };
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
  });

  it("stand in no command line of any process, and in no line of a preview", async () => {
    host.spy();
    const [one, two] = [declared("hunter1", "cloud-secret-1"), declared("hunter2", "cloud-secret-2")];
    await guest.create("Domain", { ...base, ...one });
    const { lines } = await guest.preview("Domain", { ...base, ...one }, { ...base, ...two });
    await guest.update("Domain", { ...base, ...one }, { ...base, ...two });
    expect((await guest.facts()).liveXml).to.contain("passwd='hunter2'");
    expect((await guest.facts()).inactiveXml).to.contain("cloud-secret-2");
    const live = (await guest.facts()).liveXml;
    expect(live)
      .to.contain("<description>token=cloud-secret-2</description>")
      .and.contain('password="hunter2"');
    // Strings that libvirt itself puts on QEMU's command line, such as those of fw_cfg, are beyond our
    // control.
    const processes = host
      .processes()
      .split("\n")
      .filter((line) => !/^\S*qemu-system/.test(line))
      .join("\n");
    expect(processes).to.contain("--edit").and.contain("/dev/stdin").and.to.contain("sshd");
    expect(secrets.exec(processes)).to.equal(null);
    expect(lines).to.have.length.greaterThan(1);
    expect(lines.join("\n")).to.contain("[secret]").and.not.to.match(secrets);
  });

  for (const [index, at] of [
    "define /dev/stdin",
    "update-device",
    "metadata .*--edit",
    "desc .*--edit",
  ].entries()) {
    it(`stand in no error: ${at} fails`, async () => {
      const one = declared("hunter2", "cloud-secret-2");
      // Steps before the failing one stay in force, so each attempt uses other secrets.
      const two = declared(`hunter${3 + index}`, `cloud-secret-${3 + index}`);
      host.arm("fail", at);
      const error = await failureOf(guest.update("Domain", { ...base, ...one }, { ...base, ...two }));
      expect(host.struck()).to.equal(true);
      host.disarm();
      expect(error.message).to.contain("this went wrong").and.not.to.match(secrets);
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.to.match(secrets);
    });
  }
});
