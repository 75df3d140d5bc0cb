/** The secret in the cases below, and another value for it. */
export const secret = "hush-password-1234567890";
export const otherSecret = "hush-password-another-999999";

export interface SecretPlace {
  /** Row of the table `secretRows`; `null` for a telling name or text, which count everywhere. */
  readonly place: string | null;
  /** Attribute that holds the secret; `null` for the text. */
  readonly attribute: string | null;
  /** Content of `<domain>`. */
  readonly xml: string;
}

const disk = (inner: string, type = "file") =>
  `<devices><disk type='${type}'>${inner}<target dev='vdb' bus='virtio'/></disk></devices>`;
const remote = (inner: string) => disk(inner, "network");
const auth = (inner: string) => remote(`<source><auth username='u'>${inner}</auth></source>`);
const note = (inner: string) => `<metadata><x:app xmlns:x='urn:x'>${inner}</x:app></metadata>`;

/** A secret at each place that a row or a telling name covers. */
export const secretPlaces: readonly SecretPlace[] = [
  {
    place: "devices/graphics",
    attribute: "passwd",
    xml: `<devices><graphics type='vnc' passwd='${secret}'/></devices>`,
  },
  { place: "devices/**/secret", attribute: "usage", xml: auth(`<secret type='ceph' usage='${secret}'/>`) },
  { place: "devices/**/secret", attribute: "uuid", xml: auth(`<secret type='ceph' uuid='${secret}'/>`) },
  { place: "devices/**/secret", attribute: null, xml: auth(`<secret type='ceph'>${secret}</secret>`) },
  {
    place: "devices/**/cookie",
    attribute: null,
    xml: remote(`<source><cookies><cookie name='c'>${secret}</cookie></cookies></source>`),
  },
  {
    place: "sysinfo/oemStrings/entry",
    attribute: null,
    xml: `<sysinfo type='smbios'><oemStrings><entry>${secret}</entry></oemStrings></sysinfo>`,
  },
  {
    place: "sysinfo/*/entry",
    attribute: null,
    xml: `<sysinfo type='smbios'><system><entry name='serial'>ds=nocloud;h=${secret}</entry></system></sysinfo>`,
  },
  {
    place: "sysinfo/entry",
    attribute: null,
    xml: `<sysinfo type='fwcfg'><entry name='opt/x'>${secret}</entry></sysinfo>`,
  },
  {
    place: "launchSecurity/*",
    attribute: null,
    xml: `<launchSecurity type='sev'><session>${secret.repeat(4)}</session></launchSecurity>`,
  },
  { place: "os/cmdline", attribute: null, xml: `<os><cmdline>quiet ${secret}</cmdline></os>` },
  { place: "os/cmdline", attribute: null, xml: `<os><cmdline>quiet luks.key=${secret}</cmdline></os>` },
  {
    place: "os/initenv",
    attribute: null,
    xml: `<os><type>exe</type><initenv name='X'>${secret}</initenv></os>`,
  },
  {
    place: "os/initarg",
    attribute: null,
    xml: `<os><type>exe</type><initarg>--token=${secret}</initarg></os>`,
  },
  {
    place: "commandline/env",
    attribute: "value",
    xml: `<qemu:commandline><qemu:env name='X' value='${secret}'/></qemu:commandline>`,
  },
  {
    place: "commandline/arg",
    attribute: "value",
    xml: `<qemu:commandline><qemu:arg value='-object'/><qemu:arg value='secret,id=s,data=${secret}'/></qemu:commandline>`,
  },
  {
    place: "devices/**/encryption",
    attribute: "secret",
    xml: `<devices><tpm model='tpm-tis'><backend type='emulator'><encryption secret='${secret}'/></backend></tpm></devices>`,
  },
  {
    place: "devices/**/source",
    attribute: "query",
    xml: remote(`<source protocol='https' name='x' query='sig=${secret}'/>`),
  },
  { place: "title", attribute: null, xml: `<title>the token is ${secret}</title>` },
  { place: "description", attribute: null, xml: `<description>password: ${secret}</description>` },
  { place: "metadata/**/*", attribute: null, xml: note(`<x:note>${secret}</x:note>`) },
  { place: "metadata/**/*", attribute: "at", xml: note(`<x:note at='apikey=${secret}'/>`) },
  { place: null, attribute: "password", xml: note(`<x:login password='${secret}'/>`) },
  { place: null, attribute: "value", xml: note(`<x:param name='api-key' value='${secret}'/>`) },
  { place: null, attribute: null, xml: note(`<x:credentials><x:a>${secret}</x:a></x:credentials>`) },
  { place: null, attribute: "name", xml: remote(`<source protocol='https' name='i?token=${secret}'/>`) },
  { place: null, attribute: "key", xml: note(`<x:param key='password=${secret}'/>`) },
  { place: null, attribute: "file", xml: disk(`<source file='ftp://u:${secret}@host/i'/>`) },
];
