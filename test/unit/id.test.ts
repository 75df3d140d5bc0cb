import { expect } from "chai";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { identified, parseId } from "../../provider/operations/id.ts";

const host = "qemu+ssh://root@hv1/system";
const { Domain, IoThread, VirtioDisk } = kinds;

describe("ids", () => {
  const read = [
    { kind: Domain, id: `${host}#db`, want: { host, name: "db", key: null } },
    { kind: Domain, id: `${host}#db#1`, want: { host, name: "db#1", key: null } },
    { kind: IoThread, id: `${host}#db#1/IoThread/3`, want: { host, name: "db#1", key: "3" } },
    { kind: Domain, id: "db", want: { host: "qemu:///system", name: "db", key: null } },
    { kind: Domain, id: "#db#1", want: { host: "qemu:///system", name: "db#1", key: null } },
    { kind: Domain, id: `${host}#constructor`, want: { host, name: "constructor", key: null } },
  ] as const;
  for (const { kind, id, want } of read)
    it(`reads ${kind.name} ${id}`, () =>
      expect(parseId(kind, id, { host: "qemu:///system" })).to.deep.equal(want));

  const refused = [
    { kind: Domain, id: "", says: /it is no Domain/ },
    { kind: Domain, id: "#", says: /it is no Domain/ },
    { kind: Domain, id: `${host}#db/IoThread/3`, says: /it is no Domain/ },
    { kind: IoThread, id: `${host}#db`, says: /it is no IoThread.*URI#domain\/IoThread\/ioThreadId/s },
    { kind: IoThread, id: `${host}#db/IoThread/`, says: /it is no IoThread/ },
    { kind: VirtioDisk, id: `${host}#db/IoThread/3`, says: /it is no VirtioDisk/ },
    { kind: Domain, id: "nonsense://#db", says: /its host is not a libvirt URI/ },
    {
      kind: Domain,
      id: "qemu+ssh://root:secret@hv1/system",
      says: /can't read the id "qemu\+ssh:\/\/hv1\/system"/,
    },
  ] as const;
  for (const { kind, id, says } of refused)
    it(`refuses ${kind.name} "${id}"`, () => {
      expect(() => parseId(kind, id, { host: "qemu:///system" }))
        .to.throw(says)
        .and.not.match(/secret@/);
    });

  it("give a state what it lacks of its identity, and no more", () => {
    expect(identified(Domain, `${host}#db`, {})).to.deep.equal({ host, name: "db" });
    expect(identified(Domain, `${host}#db`, { host, xml: "<domain><name>x</name></domain>" })).to.deep.equal({
      host,
      xml: "<domain><name>x</name></domain>",
    });
    expect(identified(IoThread, `${host}#db/IoThread/3`, { host, ioThreadId: 4 })).to.deep.equal({
      ...{ host, domain: "db", ioThreadId: 4 },
    });
    expect(identified(IoThread, `${host}#db/IoThread/3`, {})).to.deep.equal({
      host,
      domain: "db",
      ioThreadId: 3,
    });
    expect(identified(VirtioDisk, `${host}#db/VirtioDisk/vda`, {})).to.deep.equal({
      host,
      domain: "db",
      target: "vda",
    });
  });
});
