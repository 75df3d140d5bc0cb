export { Fleet } from "./components/fleet.ts";
export * from "./components/fleetArgs.ts";
export { readHostCpus } from "./components/readHostCpus.ts";
export * from "./resources/kinds.ts";
export { Provider } from "./resources/provider.ts";
