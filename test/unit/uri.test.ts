import { expect } from "chai";
import { parseHostUri } from "../../provider/host/uri.ts";

describe("host URIs", () => {
  const good = [
    { uri: "qemu+ssh://root@hv1:22/system?keyfile=/k", want: "qemu+ssh://root@hv1/system" },
    { uri: "qemu+ssh://hv1:2222/session", want: "qemu+ssh://hv1:2222/session" },
    { uri: "qemu+ssh://root@[::1]/system", want: "qemu+ssh://root@[::1]/system" },
    { uri: "qemu:///system", want: "qemu:///system" },
  ];
  for (const { uri, want } of good) {
    it(`${uri} is ${want}`, () => expect(parseHostUri(uri)).to.include({ canonical: want }));
  }
  const bad = [
    { uri: "qemu+tls://hv1/system", says: /transport "tls"/ },
    { uri: "qemu+ssh:///system", says: /must name a host/ },
    { uri: "qemu+ssh://root:secret@hv1/system", says: /password/ },
    { uri: "qemu+ssh://hv1/system?no_verify=1", says: /host keys are always checked/ },
    { uri: "qemu+ssh://hv1/system?proxy=x", says: /parameter "proxy"/ },
    { uri: "qemu+ssh://$(reboot)/system", says: /characters/ },
    { uri: "qemu:///system;reboot", says: /path/ },
    { uri: "hv1", says: /not a libvirt URI/ },
  ];
  for (const { uri, says } of bad) {
    it(`${uri} is refused`, () => {
      const result = parseHostUri(uri);
      expect("failure" in result ? result.failure : "accepted").to.match(says);
    });
  }
});
