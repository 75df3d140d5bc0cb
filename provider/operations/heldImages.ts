import type { Holder } from "../plan/checks/images.ts";
import { findHeldImages, imagesOf } from "../plan/checks/images.ts";
import type { Plan } from "../plan/plan.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { treesOf } from "../plan/situation/situation.ts";
import { isLeaving } from "./declarations/leaving.ts";
import { domainsDeclared, treesOfAll } from "./declarations/otherDeclarations.ts";
import { declaredOf } from "./declarations/together.ts";
import type { Look } from "./look.ts";

/** Images that the guest is to open and that other guests have open by then, as far as the program was looked at. */
export function heldByOthers(look: Look, domain: DomainFacts | null, plan: Plan | null): string[] {
  const own = opened(look, domain, plan);
  return own.length === 0 ? [] : findHeldImages(own, holdersOf(look));
}

function opened(
  { connection, kind, args, name, declared }: Look,
  domain: DomainFacts | null,
  plan: Plan | null,
) {
  const running = kind.name === "Domain" ? args.running : declaredOf(connection, name).running;
  if (!domain) return running === true ? imagesOf(declared) : [];
  const { inactive, live } = treesOf(domain);
  const next = imagesOf(plan?.define ?? inactive);
  if (!live) return running === true ? next : [];
  const open = new Set(imagesOf(live).map(({ path }) => path));
  const opensNow = plan?.restarts === true || plan?.liveSteps.some(({ plugs }) => plugs) === true;
  return opensNow && running !== false ? next.filter(({ path }) => !open.has(path)) : [];
}

function holdersOf({ connection, snapshot, name: own }: Look): Holder[] {
  const names = new Set([...snapshot.domains.keys(), ...domainsDeclared(connection)]);
  names.delete(own);
  return [...names].flatMap((name): Holder[] => {
    const facts = snapshot.domains.get(name);
    const live = facts ? treesOf(facts).live : null;
    const { domain, running } = declaredOf(connection, name);
    if (!domain) return live && !isLeaving(connection.host, name) ? [{ name, images: imagesOf(live) }] : [];
    if (!willRun(running, live !== null)) return [];
    return [{ name, images: treesOfAll(connection.host, name).flatMap(imagesOf) }];
  });
}

const willRun = (running: unknown, isOn: boolean) => (running === undefined ? isOn : running === true);
