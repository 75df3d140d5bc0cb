import { lintRows } from "../plan/checks/lintTable.ts";

/** Prints docs/lints.md from the table of lints. */
export function printLintDocs(): string {
  const overview = lintRows.map(
    ({ id, level, title }) => `| [${id}](#${id.toLowerCase()}) | ${level} | ${title} |`,
  );
  const each = lintRows.map(
    ({ id, level, title, reason, remedy }) =>
      `## ${id}\n\n**${title}** (${level})\n\n${reason}\n\nWhat to do: ${remedy}.\n`,
  );
  return `# Lints

What is allowed and still worth a word, or what libvirt would refuse when it is too late. Findings stand in the preview
and in the report, where \`--fail-on error\` and \`--fail-on warning\` look at them. \`virsh:lint\` sets levels by id, as
JSON: \`off\`, \`info\`, \`warning\` or \`error\`:

\`\`\`
pulumi config set virsh:lint '{"L4": "off", "L10": "warning"}'
\`\`\`

This page is made from \`provider/plan/checks/lintTable.ts\` by \`npm run generate:report\`.

| id | level | finding |
| -- | ----- | ------- |
${overview.join("\n")}

${each.join("\n")}`;
}
