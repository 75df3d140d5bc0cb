import { expect } from "chai";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { measureAdoption } from "../../tools/corpus/adopt.ts";
import { askLibvirt } from "../../tools/corpus/real.ts";

/** Domains in spellings that libvirt normalises. Each is defined, dumped, edited and dumped again. */
const domains: readonly { readonly name: string; readonly top?: string; readonly devices?: string }[] = [
  { name: "nothing but what is needed" },
  {
    name: "sets, schedulers and limits",
    top: "<vcpu placement='static' current='2'>2</vcpu><iothreads>3</iothreads><cputune><period>0</period><vcpupin vcpu='0' cpuset='1,0'/><vcpupin vcpu='9' cpuset='0'/><iothreadsched iothreads='1-3' scheduler='batch'/></cputune><memtune><hard_limit unit='G'>1</hard_limit></memtune>",
  },
  {
    name: "cells that say how much memory there is",
    top: "<vcpu>2</vcpu><currentMemory>99999999</currentMemory><cpu><numa><cell cpus='0' memory='32' unit='MiB'/><cell cpus='1' memory='32768'/></numa></cpu>",
  },
  {
    name: "clock, title and metadata",
    top: "<title/><clock offset='utc' adjustment='3600'/><metadata><a:x xmlns:a='urn:a'>1</a:x><a:y xmlns:a='urn:a'/></metadata>",
  },
  {
    name: "another prefix for QEMU's namespace",
    top: "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-name'/><q:arg value='x'/><q:env name='A' value='b'/></q:commandline>",
  },
  {
    name: "disks",
    devices:
      "<disk type='file' device='cdrom'><target dev='hda' tray='closed'/></disk><disk type='file'><driver name='qemu' type='qcow2' cache='default'/><source file='/a' index='3'/><target dev='vda'/><iotune><read_iops_sec>100</read_iops_sec><total_bytes_sec>0</total_bytes_sec></iotune><alias name='x'/></disk>",
  },
  {
    name: "interfaces",
    devices:
      "<interface type='network'><mac address='52:54:0:AA:b:c'/><source network='default'/><target dev='vnet7'/><model type='virtio'/><driver queues='1'/></interface><interface type='network'><source network='default'/><model type='e1000'/><driver queues='4'/></interface>",
  },
  {
    name: "consoles and channels",
    devices:
      "<serial type='pty'><source path='/dev/pts/4'/></serial><channel type='unix'><source mode='connect'/><target type='virtio' name='a'/></channel>",
  },
  {
    name: "graphics and video",
    devices:
      "<graphics type='vnc' port='5901' autoport='yes'/><video><model type='qxl' ram='60000' heads='1'/></video><sound model='ich6'/><sound model='ac97'/>",
  },
  {
    name: "threads, pins, and disks and controllers that use them",
    top: "<vcpu placement='auto'>2</vcpu><iothreads>3</iothreads><cputune><iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='3' cpuset='0,1'/></cputune>",
    devices:
      "<disk type='file'><driver name='qemu' iothread='1' queues='2'/><source file='/a'/><target dev='vda'/><boot order='2'/></disk><disk type='block'><driver name='qemu' iothread='2' cache='none'/><source dev='/dev/b'/><target dev='vdb'/><boot order='1'/></disk><disk type='network'><driver name='qemu' iothread='3'/><source protocol='nbd' name='x'><host name='h' port='1'/></source><target dev='vdc'/></disk><controller type='scsi' index='0' model='virtio-scsi'><driver iothread='2'/></controller><controller type='scsi' index='3' model='virtio-scsi'><driver iothread='2' queues='4'/></controller>",
  },
  {
    name: "host devices and redirection",
    devices:
      "<hostdev mode='subsystem' type='usb'><source><vendor id='1234'/><product id='0xBEEF'/></source></hostdev><redirfilter><usbdev class='-1' vendor='0x15e1' product='8199' version='1.10' allow='yes'/><usbdev allow='no'/></redirfilter>",
  },
];

const pairs = domains.map(({ name, top = "", devices = "" }) => {
  const vcpu = top.includes("<vcpu") ? "" : "<vcpu>1</vcpu>";
  const text = `<domain type='qemu'><name>x</name><memory>65536</memory>${vcpu}<os><type arch='x86_64' machine='pc'>hvm</type></os>${top}<devices>${devices}</devices></domain>`;
  const desired = parseDomainXml(text);
  return { name, desiredText: text, actualText: text, desired, actual: desired };
});

describe("what libvirt makes of a definition", function () {
  this.timeout(300_000);

  it("is no change, and an edit changes nothing else by a byte", () => {
    const { accepted, edited, exceptions } = askLibvirt(pairs, { validates: false });
    expect(exceptions).to.deep.equal([]);
    expect({ accepted, edited }).to.deep.equal({ accepted: domains.length, edited: domains.length });
  });

  it("is adopted without a change, in resources that are not refused", () => {
    const { good, all, exceptions } = measureAdoption(pairs);
    expect(exceptions).to.deep.equal([]);
    expect([good, all]).to.deep.equal([domains.length, domains.length]);
  });
});
