import { HostError } from "../../../errors.ts";
import type { Show } from "../../../plan/storage/progress.ts";
import type { Image } from "../../../plan/storage/volume.ts";
import type { Connection } from "../../connection/connection.ts";
import { currentSignal } from "../../connection/interruption.ts";

export interface NewImage {
  readonly pool: string;
  readonly folder: string;
  readonly name: string;
  readonly format: string;
  /** The declared capacity in bytes; `null` when it is that of the image. */
  readonly capacity: number | null;
}

/** An image that is being made. */
export interface PartOfImage extends NewImage {
  readonly connection: Connection;
  /** Marks what is this image's while it has no name. */
  readonly id: string;
}

/** An image that is being brought. */
export interface Task extends PartOfImage {
  readonly image: Image;
  readonly show: Show;
}

export const nothingIsLeft = "nothing of it is left on the host";

export const whatOf = ({ name }: NewImage) => `can't bring the image of the volume "${name}"`;

export function failure(task: Task, stderr: string): HostError {
  return new HostError(whatOf(task), task.connection.host, {
    stderr,
    remedy: nothingIsLeft,
  });
}

/** @throws HostError, with the reason that an error of this machine gives */
export async function here<T>(task: Task, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (currentSignal()?.aborted)
      throw new HostError("interrupted", task.connection.host, {
        code: "interrupted",
        remedy: nothingIsLeft,
      });
    throw failure(task, (error as Error).message);
  }
}
