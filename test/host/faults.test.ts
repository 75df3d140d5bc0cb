import { itSurvivesFaults } from "../support/faultPoints.ts";

describe("faults between any two steps", function () {
  itSurvivesFaults.call(this, [
    {
      name: "a pin",
      kind: "IoThreadPin",
      from: { ioThread: 1, cpuset: "0" },
      to: { ioThread: 1, cpuset: "1" },
      at: ["version --daemon", "^-c \\S+ dumpxml --inactive", "define /dev/stdin", "iothreadpin"],
    },
    {
      name: "a thread with polling and a pool",
      kind: "IoThread",
      to: { ioThreadId: 5, pollMaxNs: 1000, threadPoolMin: 1, threadPoolMax: 2 },
      at: ["define /dev/stdin", "iothreadadd", "iothreadset .*--poll", "iothreadset .*--thread-pool"],
    },
  ]);
});
