export type * from "./resources/arguments.ts";
export * from "./resources/devices.ts";
export * from "./resources/domain.ts";
