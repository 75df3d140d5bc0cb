import { settings } from "../../provider/model/arguments/provider.ts";

const cell = (text: string) => text.replaceAll("|", "\\|");

/** The page of the provider's settings, from the rows that its schema and classes are made from. */
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
`;
}
