import { expect } from "chai";
import { objects } from "../../provider/model/objects.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { DOMAIN } from "../../provider/plan/live/steps.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import { newDomainRecord, planRecord, printRecord } from "../../provider/plan/record/record.ts";
import { otherSecret, secret, secretPlaces } from "../support/secretPlaces.ts";

const base =
  "<name>db</name><vcpu>2</vcpu><iothreads>2</iothreads><cputune><iothreadpin iothread='1' cpuset='0'/></cputune><devices><disk type='file' device='disk'><driver name='qemu' iothread='1'/><source file='/a'/><target dev='vda' bus='virtio'/></disk></devices>";

function record(desired: string, sides: { inactive?: string; live?: string | null } = {}) {
  const parse = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
  const { inactive = base, live = base } = sides;
  const situation = {
    inactive: parse(inactive),
    live: live === null ? null : parse(live),
    libvirtVersion: 10_000_000,
    onlineCpus: [0, 1, 2, 3],
  };
  return planRecord({
    object: objects.domain,
    host: "qemu:///system",
    virshUri: "qemu:///system",
    domain: "db",
    resource: { kind: "Domain", key: null },
    situation,
    plan: planDomain(null, parse(desired), situation),
    lints: [],
  });
}

describe("what is recorded of a plan", () => {
  const cases: readonly {
    name: string;
    desired: string;
    sides?: Parameters<typeof record>[1];
    changes: readonly string[];
    label: string | null;
    steps: readonly string[];
  }[] = [
    { name: "nothing to do", desired: "<vcpu>2</vcpu>", changes: [], label: null, steps: [] },
    {
      name: "a live change",
      desired: "<cputune><iothreadpin iothread='1' cpuset='1'/></cputune>",
      changes: ["cputune/iothreadpin[1]/@cpuset 0 → 1 live"],
      label: "live",
      steps: [
        "virsh -c qemu:///system define /dev/stdin define",
        "virsh -c qemu:///system iothreadpin db 1 1 --live live",
      ],
    },
    {
      name: "a change for the next boot",
      desired: "<devices><disk><driver iothread='2'/><target dev='vda'/></disk></devices>",
      changes: ["devices/disk[vda]/driver/@iothread 1 → 2 next boot"],
      label: "next boot",
      steps: ["virsh -c qemu:///system define /dev/stdin define"],
    },
    {
      name: "a definition that lags behind what runs",
      desired: "<vcpu>2</vcpu>",
      sides: { inactive: base.replace("<vcpu>2", "<vcpu>1") },
      changes: ["vcpu 1 → 2 define"],
      label: "define",
      steps: ["virsh -c qemu:///system define /dev/stdin define"],
    },
    {
      name: "a guest that is off",
      desired: "<vcpu>4</vcpu>",
      sides: { live: null },
      changes: ["vcpu 2 → 4 define"],
      label: "define",
      steps: ["virsh -c qemu:///system define /dev/stdin define"],
    },
  ];
  for (const { name, desired, sides, changes, label, steps } of cases) {
    it(name, () => {
      const made = record(desired, sides);
      expect(
        made.changes.map((each) => `${each.path} ${each.before} → ${each.after} ${each.label}`),
      ).to.deep.equal(changes);
      expect(made.label).to.equal(label);
      expect(made.steps.map((step) => [...step.argv, step.label].join(" "))).to.deep.equal(steps);
      expect(made.xml === null).to.equal(!steps.some((step) => step.includes("define /dev")));
      expect(printRecord(made).match(/\n/g)).to.have.length(1);
    });
  }

  it("keeps where threads run before and after, when it changes", () => {
    expect(record("<vcpu>2</vcpu>").cpus).to.equal(null);
    const { cpus } = record("<cputune><iothreadpin iothread='1' cpuset='1'/></cputune>");
    expect([cpus?.before.ioThreads, cpus?.after.ioThreads]).to.deep.equal([
      { "1": "0", "2": null },
      { "1": "1", "2": null },
    ]);
  });

  it("tells a new domain with its start", () => {
    const made = newDomainRecord({
      object: objects.domain,
      host: "h",
      virshUri: "qemu:///system",
      domain: "db",
      resource: { kind: "Domain", key: null },
      definition: parseDomainXml(`<domain>${base}</domain>`),
      starts: true,
      lints: [],
    });
    expect(made.changes.map(({ path, label }) => [path, label])).to.deep.equal([
      ["domain", "define"],
      ["running", "start"],
    ]);
    expect(made.steps.map(({ argv }) => argv.slice(3).join(" "))).to.deep.equal([
      "define /dev/stdin",
      "start db",
    ]);
    expect([made.label, made.xml?.before]).to.deep.equal(["start", ""]);
  });
});

describe("secrets in a record", () => {
  for (const { place, attribute, xml } of secretPlaces) {
    const name = `${place ?? "a telling name or text"}, ${attribute ?? "text"} (${secretPlaces.findIndex((each) => each.xml === xml)})`;
    it(`${name} is hidden wherever it is declared, added, changed or taken`, () => {
      const other = xml.replaceAll(secret, otherSecret);
      const whole = (inner: string) =>
        base.replace("</devices>", `${/^<devices>(.*)<\/devices>$/.exec(inner)?.[1] ?? ""}</devices>`) +
        (inner.startsWith("<devices>") ? "" : inner);
      for (const [desired, there] of [
        [xml, base],
        [xml, whole(other)],
        [other, whole(xml)],
      ] as const) {
        const made = record(desired, { inactive: there, live: there });
        expect(made.changes.length, "the change shows").to.be.greaterThan(0);
        expect(printRecord(made)).to.include("[secret]").and.not.include("hush-password");
      }
    });
  }
  it("telling names in metadata hide what they hold, other metadata is shown", () => {
    const made = record(
      "<metadata><x:app xmlns:x='urn:x'><x:userdata>abc1</x:userdata><x:role>front1</x:role></x:app></metadata>",
    );
    expect(printRecord(made)).to.include("front1").and.not.include("abc1");
  });
  it("what a command reads by its input is hidden likewise", () => {
    const domain = parseDomainXml(`<domain>${base}</domain>`);
    const situation = { inactive: domain, live: domain, libvirtVersion: 10_000_000, onlineCpus: [0] };
    const inputs: readonly (readonly [string, string])[] = [
      ["metadata", "<app><x:userdata>abc1</x:userdata><x:role>front1</x:role></app>"],
      ["desc", "password: abc1"],
      ["desc", "front1"],
    ];
    const made = planRecord({
      object: objects.domain,
      host: "h",
      virshUri: "qemu:///system",
      domain: "db",
      resource: { kind: "Domain", key: null },
      situation,
      plan: {
        ...planDomain(null, domain, situation),
        liveSteps: inputs.map(([command, stdin]) => ({
          args: [command, DOMAIN, "--live", "--edit"],
          stdin,
          order: 1,
          plugs: false,
          label: "live" as const,
        })),
      },
      lints: [],
    });
    expect(made.steps.map(({ stdin }) => stdin?.replace(/\n */g, ""))).to.deep.equal([
      "<app><x:userdata>[secret]</x:userdata><x:role>front1</x:role></app>",
      "[secret]",
      "front1",
    ]);
  });
  it("ordinary values are shown", () => {
    const made = record(
      "<description>primary</description><sysinfo type='smbios'><bios><entry name='vendor'>LENOVO</entry></bios></sysinfo>",
    );
    expect(printRecord(made)).to.include("primary").and.include("LENOVO").and.not.include("[secret]");
  });
});
