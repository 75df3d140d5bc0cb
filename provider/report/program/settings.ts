export interface ProgramSettings {
  /** Name of the Pulumi project. */
  readonly project: string;
  /** Version or path of pulumi-virsh in package.json. */
  readonly dependency: string;
  /** Arguments of `pulumi-virsh adopt` for one domain, quoted for a shell. */
  readonly printWords: (uri: string, domain: string) => string;
}
