import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import * as ts from "typescript";
import { writeProgram } from "../../provider/cli/adoptFolder.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import type { AdoptedHost } from "../../provider/plan/adopt/adopted.ts";
import { noStorage } from "../../provider/plan/adopt/adopted.ts";
import type { GuestState } from "../../provider/plan/adopt/guest.ts";
import { adoptGuest } from "../../provider/plan/adopt/guest.ts";
import { findSecret, printProgram } from "../../provider/report/program/program.ts";

const settings = { project: "guests", dependency: "^0.1.0", printWords: (host: string) => host };
const uri = "qemu+ssh://root@hv1.example/system?keyfile=/keys/it's";

interface Given {
  readonly top?: string;
  readonly devices?: string;
  readonly liveTop?: string;
  readonly state?: Partial<GuestState>;
}

function guest(name: string, { top = "", devices = "", liveTop, state }: Given = {}) {
  const xml = (more: string) =>
    parseDomainXml(
      `<domain type='kvm'><name>${name.replace(/[<&]/g, (c) => `&#${c.charCodeAt(0)};`)}</name><memory unit='KiB'>65536</memory>${more}<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os><devices>${devices}</devices></domain>`,
    );
  const known = {
    name,
    isPersistent: true,
    autostart: false,
    managedSave: false,
    state: "running",
    ...state,
  };
  return adoptGuest(known, {
    inactive: xml(top),
    live: liveTop === undefined ? null : xml(liveTop),
    libvirtVersion: 9_000_000,
    onlineCpus: [0, 1],
  });
}

const disk = (file: string, target: string, driver = "") =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw' ${driver}/><source file='${file}'/><target dev='${target}' bus='virtio'/></disk>`;

const program = (...hosts: readonly (Pick<AdoptedHost, "uri" | "guests"> & Partial<AdoptedHost>)[]) =>
  printProgram(
    hosts.map((host) => ({ left: [], storage: noStorage, ...host })),
    settings,
  );
const indexOf = (...guests: readonly ReturnType<typeof guest>[]) =>
  String(program({ uri, guests }).get("index.ts"));

/**
 * Returns the resources that the program would register. Runs its constants and calls, without the packages.
 */
function run(source: string): { kind: string; name: string; args: Record<string, unknown> }[] {
  const made: { kind: string; name: string; args: Record<string, unknown> }[] = [];
  const kind = (name: string) =>
    class {
      [key: string]: unknown;
      constructor(resource: string, args: Record<string, unknown>) {
        made.push({ kind: name, name: resource, args });
        Object.assign(this, args);
      }
    };
  const virsh = Object.fromEntries(
    ["StoragePool", "Volume", "Domain", "IoThread", "IoThreadPin", "VirtioDisk", "VirtioScsiController"].map(
      (name) => [name, kind(name)],
    ),
  );
  const plain = source.replace(/^import .*$/gm, "").replace(/: pulumi\.CustomResourceOptions/, "");
  const pulumi = {
    ComponentResource: class {
      registerOutputs() {}
    },
  };
  new Function("virsh", "pulumi", stripTypes(plain))(virsh, pulumi);
  return made;
}

const stripTypes = (source: string) =>
  ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } }).outputText;

describe("the split of a guest", () => {
  const split = (given: Given) =>
    guest("db", given).resources.map(({ kind, label }) => `${kind} ${label}`.trim());
  const threads = "<iothreads>2</iothreads><cputune><iothreadpin iothread='2' cpuset='1'/></cputune>";
  const cases: readonly { name: string; given: Given; want: readonly string[] }[] = [
    { name: "no threads: the Domain alone", given: { devices: disk("/a", "vda") }, want: ["Domain"] },
    {
      name: "the boot disk and its thread stay in the Domain; a further disk, its thread and a pin do not",
      given: { top: threads, devices: disk("/a", "vda", "iothread='1'") + disk("/b", "vdb", "iothread='2'") },
      want: ["Domain", "IoThread io2", "IoThreadPin io2", "VirtioDisk vdb"],
    },
    {
      name: "a disk that its arguments can't say whole stays",
      given: {
        top: threads,
        devices: disk("/a", "vda") + disk("/b", "vdb", "iothread='2' copy_on_read='on'"),
      },
      want: ["Domain", "IoThread io1", "IoThreadPin io2"],
    },
    {
      name: "a virtio-scsi controller that nothing stands on",
      given: {
        top: threads,
        devices: "<controller type='scsi' index='0' model='virtio-scsi'><driver iothread='1'/></controller>",
      },
      want: ["Domain", "IoThread io1", "IoThread io2", "IoThreadPin io2", "VirtioScsiController scsi0"],
    },
    {
      name: "one that a disk of the Domain stands on",
      given: {
        top: threads,
        devices:
          "<controller type='scsi' index='0' model='virtio-scsi'><driver iothread='1'/></controller><disk type='file'><source file='/s'/><target dev='sda' bus='scsi'/></disk>",
      },
      want: ["Domain", "IoThread io2", "IoThreadPin io2"],
    },
    {
      name: "threads with a scheduler",
      given: {
        top: "<iothreads>1</iothreads><cputune><iothreadsched iothreads='1' scheduler='batch'/></cputune>",
      },
      want: ["Domain"],
    },
  ];
  for (const { name, given, want } of cases) it(name, () => expect(split(given)).to.deep.equal(want));

  it("leaves out what would change the running guest, and names both values", () => {
    const pin = (cpu: number) => `<cputune><vcpupin vcpu='0' cpuset='${cpu}'/></cputune>`;
    const { resources, notes } = guest("db", { top: pin(0), liveTop: pin(1) });
    expect(resources[0]?.args).not.to.have.property("cpuTune");
    expect(notes.join()).to.match(/cpuset is 1 in the running guest and 0 in its definition/);
  });

  it("says that a guest runs, and nothing of one that does not", () => {
    expect(guest("db").resources[0]?.args.running).to.equal(true);
    for (const state of ["paused", "shut off"]) {
      const off = guest("db", { state: { state } });
      expect(off.resources[0]?.args).not.to.have.property("running");
      expect(off.notes.join()).to.contain(state);
    }
  });
});

describe("the written program", () => {
  it("means what the guests are called, whatever that is", () => {
    const names = [
      `it's`,
      `"quoted"`,
      "`tick`",
      "$" + "{process.exit()}",
      "\\u0041\\",
      "😀",
      "class",
      "2nd",
      "Äpfel & <Birnen>",
      "a b",
      "a-b",
      "a_b",
      "\u202eevil",
      "-",
      "existing",
      "__proto__",
    ];
    // Some guests are unique, others share a shape.
    const guests = names.map((name, index) =>
      guest(name, { devices: "<rng model='virtio'/>".repeat(index < 6 ? index : 0) }),
    );
    const made = run(indexOf(...guests));
    expect(made.map(({ args }) => args.name)).to.deep.equal(names);
    expect(new Set(made.map(({ name }) => name)).size).to.equal(names.length);
    expect(new Set(made.map(({ args }) => args.host))).to.deep.equal(new Set([uri]));
    expect(indexOf(...guests)).not.to.contain("\u202e");
  });

  it("has texts of XML as they were: backquotes, placeholders, backslashes, line breaks", () => {
    const text = "`$" + "{1}` \\n \\\\ \n  two lines \t é 😀";
    const [domain] = run(
      indexOf(guest("db", { top: `<metadata><a:x xmlns:a='urn:a'>${text}</a:x></metadata>` })),
    );
    const xml = parseDomainXml(String(domain?.args.xml));
    expect(JSON.stringify(xml)).to.contain(JSON.stringify(text).slice(1, -1));
  });

  it("takes for a secret what stands beside a telling name, and what is signed or assigned in a text", () => {
    const token = "T0k3n-1";
    const app = guest("app", {
      top: `<title>password: ${token}</title><metadata><x:a xmlns:x='urn:x' passwd='${token}'><x:p name='token' value='${token}'/><x:secrets><x:b>${token}</x:b></x:secrets></x:a></metadata>`,
      devices: `<disk type='network'><source protocol='https' name='i' query='sig=${token}'/><target dev='vda'/></disk>`,
    });
    const text = [
      ...printProgram([{ uri, guests: [app], left: [], storage: noStorage }], settings).values(),
    ].join("");
    expect(text).to.contain('title: secret("app-title", "text")').and.contain('secret("app-source-query")');
    expect(text).not.to.contain(token);
  });

  it("asks the configuration for secrets, and shows none", () => {
    const secretive = guest("db", {
      devices:
        "<graphics type='vnc' passwd='hunter2'/><disk type='network'><source protocol='rbd' name='p/i'><auth username='u'><secret type='ceph' uuid='11111111-2222-3333-4444-555555555555'/></auth></source><target dev='vda'/></disk>",
    });
    const files = program({ uri, guests: [secretive] });
    const text = [...files.values()].join("\n");
    expect(text).not.to.contain("hunter2");
    expect(text).to.contain(`passwd='\${secret("db-graphics-passwd")}'`).and.to.contain("type='ceph' uuid=");
    expect(files.get("README.md")).to.contain(
      "--secret db-graphics-passwd | pulumi config set --secret db-graphics-passwd",
    );
    expect(
      findSecret([{ uri, guests: [secretive], left: [], storage: noStorage }], "db-graphics-passwd"),
    ).to.equal("hunter2");
    expect(findSecret([{ uri, guests: [secretive], left: [], storage: noStorage }], "db-graphics")).to.equal(
      null,
    );
    const others = [guest("a-b"), secretive];
    expect(findSecret([{ uri, guests: others, left: [], storage: noStorage }], "x-graphics-passwd")).to.equal(
      null,
    );
    expect(
      findSecret([{ uri, guests: others, left: [], storage: noStorage }], "db-graphics-passwd"),
    ).to.equal("hunter2");
  });

  it("says once what guests have in common", () => {
    const app = (name: string, mac: number, cache = "none") =>
      guest(name, {
        devices: `${disk(`/images/${name}.raw`, "vda", `cache='${cache}'`)}<interface type='bridge'><mac address='52:54:00:00:00:0${mac}'/><source bridge='br0'/></interface>`,
      });
    const two = { uri: "qemu+ssh://root@hv2/system", guests: [app("app2", 2), app("other", 3, "unsafe")] };
    const text = String(program({ uri, guests: [app("app1", 1)] }, two).get("index.ts"));
    expect(text.match(/extends pulumi\.ComponentResource/g)).to.have.length(1);
    expect(text).to.contain("class App extends").and.to.contain(`\${images}/\${args.name}.raw`);
    expect(text).to.contain(`new App("app1", { host: hosts.hv1, name: "app1", mac: "52:54:00:00:00:01" });`);
    expect(text).to.contain(`new App("app2", { host: hosts.hv2, name: "app2", mac: "52:54:00:00:00:02" });`);
    expect(text).to.contain(`new virsh.Domain(\n  "other",`);
  });

  it("names pools and volumes once, and hands those of a shared class to its guests", () => {
    const app = (name: string) =>
      guest(name, { devices: disk(`/p/${name}.raw`, "vda") + disk("/p/tools.raw", "vdb") });
    const volume = (name: string) => ({ pool: "p", name, path: `/p/${name}`, args: { name, format: "raw" } });
    const storage = {
      pools: [{ name: "p", args: { name: "p", path: "/p" } }],
      volumes: ["tools.raw", "app1.raw", "app2.raw", "unused.raw"].map(volume),
    };
    const hosts = [uri, "qemu+ssh://root@hv2/system"].map((each) => ({ uri: each, storage }));
    const files = program(...hosts.map((host) => ({ ...host, guests: [app("app1"), app("app2")] })));
    const text = String(files.get("index.ts"));
    expect(text).to.contain("vdbFile: pulumi.Input<string>;").and.contain("source: { file: args.vdbFile }");
    for (const number of ["", "2"])
      expect(text)
        .to.contain(`const pPool${number} = new virsh.StoragePool`)
        .and.contain(`const toolsVolume${number} = new virsh.Volume`)
        .and.contain(`vdbFile: toolsVolume${number}.path`)
        .and.contain(`pool: pPool${number}.name`);
    expect(text).not.to.contain("unusedVolume");
    const resources = run(text).map(({ kind, name }) => `${kind} ${name}`);
    expect(new Set(resources).size).to.equal(resources.length);
    expect(resources).to.contain("Volume tools.raw").and.contain("Volume tools.raw-2");
  });

  it("is split into files where it is long, with a file per host", () => {
    const many = (prefix: string) =>
      Array.from({ length: 20 }, (_, index) =>
        guest(`${prefix}${index}`, {
          devices: "<rng model='virtio'/>".repeat((index % 19) + (prefix === "a" ? 1 : 30)),
        }),
      );
    const files = program({ uri, guests: many("a") }, { uri: "qemu:///system", guests: many("b") });
    expect([...files.keys()]).to.deep.equal([
      ...["index.ts", "shared.ts", "shapes.ts", "hv1.ts", "local.ts"],
      ...["Pulumi.yaml", "README.md", "package.json", "tsconfig.json"],
    ]);
    expect(files.get("index.ts")).to.equal(`import "./hv1";\nimport "./local";\n`);
    expect(files.get("hv1.ts")).to.match(
      /^import \* as virsh from "pulumi-virsh";\nimport \{ existing, hosts \} from "\.\/shared";\nimport \{ Guest \} from "\.\/shapes";\n\n/,
    );
    expect(files.get("shapes.ts")).to.match(
      /^import \* as pulumi from "@pulumi\/pulumi";\nimport \* as virsh from "pulumi-virsh";\nimport \{ existing \} from "\.\/shared";\n\ninterface GuestArgs/,
    );
    expect(files.get("Pulumi.yaml")).to.contain(`virsh:hosts`).and.to.contain(JSON.stringify(uri));
  });
});

describe("the folder of a program", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "adopt-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const files = (text: string, ...more: string[]) =>
    new Map([["index.ts", text], ...more.map((name) => [name, name] as const)]);

  it("is written, written again as it changes, and rid of files that are no more", () => {
    expect(writeProgram(folder, files("1", "hv1.ts"))).to.deep.equal(["index.ts", "hv1.ts"]);
    expect(writeProgram(folder, files("1", "hv1.ts"))).to.deep.equal([]);
    writeFileSync(join(folder, "Pulumi.dev.yaml"), "theirs");
    expect(writeProgram(folder, files("2"))).to.deep.equal(["index.ts"]);
    expect(readdirSync(folder).sort((a, b) => (a < b ? -1 : 1))).to.deep.equal([
      ".adopted.json",
      "Pulumi.dev.yaml",
      "index.ts",
    ]);
  });

  it("takes nothing away that is not in it, whatever its list names", () => {
    const inside = join(folder, "program");
    mkdirSync(inside);
    writeFileSync(join(folder, "theirs"), "theirs");
    writeFileSync(
      join(inside, ".adopted.json"),
      JSON.stringify({ "../theirs": "", [join(folder, "theirs")]: "" }),
    );
    expect(writeProgram(inside, files("1"))).to.deep.equal(["index.ts"]);
    expect(readFileSync(join(folder, "theirs"), "utf8")).to.equal("theirs");
  });

  it("is left alone when something of somebody else's is in it", () => {
    writeFileSync(join(folder, "index.ts"), "theirs");
    expect(() => writeProgram(folder, files("1"))).to.throw("is not empty; nothing was written");
    rmSync(join(folder, "index.ts"));
    writeProgram(folder, files("1"));
    writeFileSync(join(folder, "hv1.ts"), "theirs");
    expect(() => writeProgram(folder, files("2", "hv1.ts"))).to.throw("hv1.ts changed since it was written");
    rmSync(join(folder, "hv1.ts"));
    writeFileSync(join(folder, "index.ts"), "edited");
    expect(() => writeProgram(folder, files("2"))).to.throw("index.ts changed since it was written");
    expect(readFileSync(join(folder, "index.ts"), "utf8")).to.equal("edited");
  });
});
