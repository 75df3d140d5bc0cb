export * from "./resources/kinds.ts";
export { Provider } from "./resources/provider.ts";
