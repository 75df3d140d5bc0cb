import type { AdoptedHost } from "../../plan/adopt/adopted.ts";
import type { ProgramSettings } from "./settings.ts";

/** Prints Pulumi.yaml. */
export function printProject({ project }: ProgramSettings, hosts: readonly AdoptedHost[]): string {
  const list = hosts.map(({ uri }) => `      - ${JSON.stringify(uri)}\n`).join("");
  const config = hosts.length < 2 ? "" : `config:\n  virsh:hosts: # read side by side\n    value:\n${list}`;
  return `name: ${project}\nruntime: nodejs\ndescription: KVM guests as they were found\n${config}`;
}

/** Prints package.json. */
export function printPackage({ project, dependency }: ProgramSettings): string {
  const dependencies = { "@pulumi/pulumi": "^3.250.0", "pulumi-virsh": dependency };
  const content = {
    name: project.toLowerCase(),
    private: true,
    dependencies,
    devDependencies: { typescript: "^6.0.3" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

export const tsconfig = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true
  },
  "files": ["index.ts"]
}
`;
