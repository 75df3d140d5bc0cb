import type { Connection } from "../../provider/host/connection/connection.ts";
import { readHost } from "../../provider/host/read/read.ts";
import type { Feature, FeatureName } from "../../provider/plan/checks/features.ts";
import { listFeatures } from "../../provider/plan/checks/features.ts";
import { leftOut } from "../../tools/tests/leftOut.ts";

/** The product's own answer to whether the host's libvirt and QEMU have a feature, and which versions have it. */
export async function featureOf(connection: Connection, name: FeatureName): Promise<Feature> {
  const { libvirtVersion, qemuVersion } = (await readHost(connection)).host;
  const found = listFeatures(libvirtVersion, qemuVersion).find(({ key }) => key === name);
  if (!found) throw new Error(`there is no feature ${name}`);
  return found;
}

/** Leaves out the rest of a test on a host that has the feature: the runner prints which, with the table's reason. */
export async function leaveOutWith(
  test: Mocha.Context,
  connection: Connection,
  name: FeatureName,
): Promise<void> {
  const feature = await featureOf(connection, name);
  if (!feature.isThere) return;
  const runnable = test.runnable();
  runnable.title += leftOut(`this host has ${feature.name}, as from ${feature.needs} on`);
  test.skip();
}
