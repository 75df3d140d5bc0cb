export interface ProgramSettings {
  /** Name of the Pulumi project. */
  readonly project: string;
  /** What package.json asks for as pulumi-virsh. */
  readonly dependency: string;
  /** The words after `pulumi-virsh adopt` for one domain, fit for a shell. */
  readonly printWords: (uri: string, domain: string) => string;
}
