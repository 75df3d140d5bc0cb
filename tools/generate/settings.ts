import type { UriParameter } from "../../provider/host/connection/uriParameters.ts";
import { uriParameters } from "../../provider/host/connection/uriParameters.ts";
import { settings } from "../../provider/model/arguments/provider.ts";

const cell = (text: string) => text.replaceAll("|", "\\|");

function parameterRow([name, { meaning, refuse }]: [string, UriParameter]): string {
  const reason = `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`;
  return `| \`${name}\` | ${refuse ? "understood" : "refused"} | ${cell(refuse ? meaning : reason)} |`;
}

/** Prints the page of the provider's settings, from the same rows as its schema and classes. */
export function printSettings(): string {
  const rows = Object.entries(settings).map(
    ([name, { variable, isSecret, description }]) =>
      `| \`${name}\`${isSecret ? " (secret)" : ""} | \`${variable}\` | ${cell(description)} |`,
  );
  return `# Settings

Made by \`npm run generate\`. The native plugin takes each from the arguments of a \`virsh.Provider\`; for resources that are
given none, from \`pulumi config set virsh:NAME\` (with \`--secret\` where it is one); else from its environment variable.
Dynamic resources take \`lint\` and \`hosts\` from the configuration, and the credentials and time limits from the variables.

| setting | variable | meaning |
| --- | --- | --- |
${rows.join("\n")}

## Parameters of a host's URI

A host is a libvirt URI: \`qemu+ssh://USER@HOST:PORT/system?NAME=VALUE&NAME=VALUE\`, or \`qemu:///system\` for this machine.
Characters that a URI can't hold are written as \`%\` and two digits: \`ann%40corp.example@hv1\` logs in as
\`ann@corp.example\`. What a parameter says wins over the settings above and over \`~/.ssh/config\`. Of the parameters,
\`socket\` alone makes a host another host. Any other parameter is refused.

The \`ssh\` of this machine logs in with all that it can by itself: certificates, security keys, Kerberos. It is asked for
no passphrase and takes no \`privateKey\`, and it needs a system with sockets in folders, which Windows is not. Host keys
are checked whatever \`~/.ssh/config\` says; those of jump hosts as it says.

| parameter | use | meaning |
| --- | --- | --- |
${[...uriParameters].map(parameterRow).join("\n")}
`;
}
