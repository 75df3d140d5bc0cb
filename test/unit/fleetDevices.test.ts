import { expect } from "chai";
import { unknownDevices } from "../../provider/components/placing.ts";

const host = "qemu+ssh://root@hv1/system";

describe("devices that a fleet's dedicatedIoThreads names", () => {
  const disk = { target: "vda" };
  const xml =
    "<domain><devices><controller type='scsi' index='0' model='virtio-scsi'/><disk><target dev='sda' bus='scsi'/></disk></devices></domain>";
  const guests = [
    { host, name: "db-0", args: { disks: [disk] } },
    { host: "qemu+ssh://root@hv2/system", name: "db-0", args: { disks: [disk], xml } },
  ];

  it("may be those of some guests only", () => {
    const wish = { sequential: ["vda", "scsi 0"], expectedDepth: { vda: 64, sda: 16, "scsi 0": 16 } };
    expect(unknownDevices(guests, wish)).to.equal(null);
    expect(unknownDevices(guests, {})).to.equal(null);
  });

  it("are refused where no guest has them", () => {
    expect(
      unknownDevices(guests, { sequential: ["vdz", "sda"], expectedDepth: { constructor: 2 } })?.split("\n"),
    ).to.deep.equal([
      'dedicatedIoThreads.sequential: no guest has a virtio disk or virtio-scsi controller "vdz"; they have vda, scsi 0',
      "dedicatedIoThreads.sequential: sda is on a controller; name scsi 0",
      'dedicatedIoThreads.expectedDepth: no guest has a virtio disk or virtio-scsi controller "constructor"; they have vda, scsi 0',
    ]);
    expect(unknownDevices([{ host, name: "db-0", args: {} }], { sequential: ["vda"] })).to.contain(
      "they have none",
    );
  });
});
