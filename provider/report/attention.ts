import type { DomainReport, HostReport, Report } from "./report.ts";

/** Something that has to be seen first. */
export interface Attention {
  readonly kind: "unreachable" | "error" | "not possible";
  /** Names of host and guest; empty when it belongs to none. */
  readonly where: readonly string[];
  /** Resources of the host that were not looked at because of it. */
  readonly unknownResources: number;
  readonly message: string;
}

/** What failed, what is unknown, what can't be done: hosts before guests. */
export function attentionOf(report: Report): Attention[] {
  const about = (kind: Attention["kind"], where: readonly string[], unknownResources = 0) => {
    return (message: string): Attention => ({ kind, where, unknownResources, message });
  };
  return [
    ...report.errors.map(about("error", [])),
    ...report.hosts.flatMap(({ name, errors, isUnreachable, unknownResources }) =>
      errors.map(about(isUnreachable ? "unreachable" : "error", [name], unknownResources)),
    ),
    ...domainsOf(report).flatMap(([host, domain]) =>
      domain.errors.map(about("error", [host.name, domain.name])),
    ),
    ...domainsOf(report).flatMap(([host, domain]) =>
      domain.obstacles.map(about("not possible", [host.name, domain.name])),
    ),
  ];
}

export function domainsOf(report: Report): [HostReport, DomainReport][] {
  return report.hosts.flatMap((host) =>
    host.domains.map((domain): [HostReport, DomainReport] => [host, domain]),
  );
}
