import type { DomainReport, HostReport, Report } from "./report.ts";

/** A problem that the reader must see first. */
export interface Attention {
  readonly kind: "unreachable" | "error" | "not possible";
  /** Names of host and guest; empty when the problem concerns neither. */
  readonly where: readonly string[];
  /** Number of the host's resources that could not be read because of the problem. */
  readonly unknownResources: number;
  readonly message: string;
}

/** Lists failures, unknowns and impossible changes: those of hosts before those of guests. */
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
