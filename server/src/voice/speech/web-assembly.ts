/** A program's memory; a new buffer each time it grows. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of the platform's `WebAssembly` that is used here; Node's own types do not name it. */
interface WebAssemblyApi {
  compile(program: Uint8Array): Promise<object>;
  instantiate(
    module: object,
    imports: object,
  ): Promise<{ readonly exports: { readonly memory: WasmMemory; readonly _start: () => void } }>;
}

export const wasm = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
