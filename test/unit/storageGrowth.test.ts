import { expect } from "chai";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { growthWith } from "../../provider/plan/storage/growth.ts";

const volume = { paths: new Set(["/p/v", "/link/v"]), volumes: [{ pool: "p", name: "v" }] };
const disk = (source: string, more = "", format = "qcow2") =>
  `<disk><driver name='qemu' type='${format}'/><source ${source}/><target dev='vda'/>${more}</disk>`;
const domain = (devices: string) => parseXml(`<domain><devices>${devices}</devices></domain>`);

describe("who grows a volume", () => {
  const table: Readonly<Record<string, readonly [devices: string, want: string]>> = {
    "nobody's": [disk("file='/p/other'"), "libvirt"],
    "by its path": [disk("file='/p/v'"), "QEMU"],
    "through a link": [disk("file='/link/v'"), "QEMU"],
    "by pool and name": [disk("pool='p' volume='v'"), "QEMU"],
    "of another pool": [disk("pool='q' volume='v'"), "libvirt"],
    "below an overlay": [
      disk("file='/p/top'", "<backingStore type='file'><source file='/p/v'/></backingStore>"),
      "runs on an overlay of it",
    ],
    "at the end of a copy": [
      disk("file='/p/a'", "<mirror><source file='/p/v'/></mirror>"),
      "copies disk vda in a block job",
    ],
    "at the start of a copy": [
      disk("file='/p/v'", "<mirror><source file='/p/b'/></mirror>"),
      "copies disk vda in a block job",
    ],
    "read only": [disk("file='/p/v'", "<readonly/>"), "only reads it"],
    "as another format": [disk("file='/p/v'", "", "raw"), "has it as raw"],
    "as no disk": ["<serial type='file'><source path='/p/v'/></serial>", "though not as a disk"],
  };
  for (const [name, [devices, want]] of Object.entries(table))
    it(`one that a guest has ${name}: ${want}`, () => {
      const live = domain(devices);
      const owner = { name: "g", uuid: "u", inactive: live, live, isSaved: false };
      const growth = growthWith(volume, "qcow2", [owner]);
      if ("why" in growth) expect(growth.why).to.contain(want);
      else expect(growth.disks.length > 0 ? "QEMU" : "libvirt").to.equal(want);
    });

  it("waits for a saved guest, and not for one that is off", () => {
    const inactive = domain(disk("file='/p/v'"));
    const owner = { name: "g", uuid: "u", inactive, live: null };
    expect(growthWith(volume, "qcow2", [{ ...owner, isSaved: false }])).to.deep.equal({ disks: [] });
    expect(growthWith(volume, "qcow2", [{ ...owner, isSaved: true }]))
      .to.have.property("why")
      .that.contains("is saved with it");
  });

  it("grows every disk of every running guest that has it", () => {
    const live = domain(disk("file='/p/v'"));
    const owners = ["a", "b"].map((uuid) => ({ name: uuid, uuid, inactive: live, live, isSaved: false }));
    expect(growthWith(volume, "qcow2", owners)).to.deep.equal({
      disks: ["a", "b"].map((uuid) => ({ guest: uuid, uuid, target: "vda" })),
    });
  });
});
