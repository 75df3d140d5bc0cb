import type { Connection } from "../../provider/host/connection/connection.ts";
import { readHost } from "../../provider/host/read/read.ts";
import type { Feature, FeatureName } from "../../provider/plan/checks/features.ts";
import { listFeatures } from "../../provider/plan/checks/features.ts";

/** The product's own answer to whether the host's libvirt and QEMU have a feature, and which versions have it. */
export async function featureOf(connection: Connection, name: FeatureName): Promise<Feature> {
  const { libvirtVersion, qemuVersion } = (await readHost(connection)).host;
  const found = listFeatures(libvirtVersion, qemuVersion).find(({ key }) => key === name);
  if (!found) throw new Error(`there is no feature ${name}`);
  return found;
}
