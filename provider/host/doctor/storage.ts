/** Examines what a host has for disk images. */
import { randomBytes } from "node:crypto";
import { HostError } from "../../errors.ts";
import { parseXml, XmlError } from "../../model/xml/parse.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { HostPool, HostStorage, PoolFolder } from "../../plan/doctor/facts.ts";
import { imagePrograms } from "../../plan/doctor/storageRows.ts";
import type { Connection } from "../connection/connection.ts";
import { splitFrames } from "../read/frames.ts";
import { asking, roomForVolumes, volumeXmls } from "../storage/asking.ts";
import { commandError } from "../virsh/errors.ts";
import { failureOf } from "./failure.ts";

/**
 * `sh -c … sh URI MARK PROGRAM…`. Only a pool's folder itself says what is free there: libvirt tells what it saw when it
 * looked through the pool last.
 */
const storageScript = `${asking}
uri=$1 mark=$2; shift 2
part() { printf '\n%s %s\n' "$mark" "$*"; }
part programs
for each; do command -v "$each" >/dev/null && echo "$each"; done
ids=$(whole "pool-list --all --uuid") || exit
for id in $ids; do
  info=$(whole "pool-info $id") || exit
  case $info in *UUID:*) ;; *) went "$id" && continue; exit 1 ;; esac
  part info "$id"; printf '%s\n' "$info"
  folder=$(folder_of "$id")
  if [ -n "$folder" ]; then
    part folder "$id"
    printf '%s\n' "$folder"
    if [ -d "$folder" ]; then
      stat -L -c %d -- "$folder"
      stat -f -c '%a %S' -- "$folder"
      [ -w "$folder" ] && echo writable
    fi
  fi
  case $info in *running*) part volumes "$id"; volumes_of "$id" || exit ;; esac
done
part done
`;

/** Reads what it can; what could not be read is the gap. */
export async function examineStorage(connection: Connection, seconds: number): Promise<HostStorage> {
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const argv = ["sh", "-c", storageScript, "sh", connection.virshUri, mark, ...Object.keys(imagePrograms)];
  const what = "can't read the storage pools";
  let programs: readonly string[] | null = null;
  try {
    const command = { argv, timeoutSeconds: 3 * seconds, allowance: roomForVolumes };
    const [result] = await connection.run([command], { isRead: true });
    const frames = splitFrames(result?.stdout ?? "", mark);
    if (frames.length > 0) programs = (frames[0]?.[1] ?? "").split("\n").filter((line) => line !== "");
    if (result?.exitCode !== 0 || frames.at(-1)?.[0] !== "done")
      throw commandError(what, connection.host, result ?? { argv, exitCode: 1, stderr: "" });
    const ids = frames.flatMap(([head]) => (head.startsWith("info ") ? [head.slice(5)] : []));
    const answers = new Map(frames);
    return { programs, pools: ids.map((id) => poolIn(answers, id)), gap: "" };
  } catch (error) {
    if (error instanceof XmlError) return { programs, pools: [], gap: `${what}: unusable XML` };
    if (error instanceof HostError) return { programs, pools: [], gap: failureOf(error).said };
    throw error;
  }
}

function poolIn(answers: ReadonlyMap<string, string>, id: string): HostPool {
  const info = answers.get(`info ${id}`) ?? "";
  const folder = answers.get(`folder ${id}`);
  const volumes = volumeXmls(answers.get(`volumes ${id}`) ?? "").map((xml) => parseXml(xml));
  const growths = volumes.map(
    (each) => Number(valueAt(each, "capacity")) - Number(valueAt(each, "allocation")),
  );
  return {
    name: /^Name: +(.*)$/m.exec(info)?.[1] ?? id,
    isActive: /^State: +running$/m.test(info),
    isAutostarted: /^Autostart: +yes$/m.test(info),
    folder: folder === undefined ? null : folderIn(folder),
    growth: growths.reduce((sum, each) => sum + Math.max(0, each), 0),
  };
}

function folderIn(text: string): PoolFolder {
  const [path = "", fileSystem = "", space = "", writable] = text.split("\n");
  const [blocks = 0, size = 0] = space.split(" ").map(Number);
  return {
    path,
    isThere: fileSystem !== "",
    isWritable: writable === "writable",
    fileSystem,
    free: blocks * size,
  };
}
