// One of the shipped networks on LiteRT.js, on WebGPU where that colours as WebAssembly does.

import * as litert from "../litert/core.js";

// What WebGPU's colours of the pattern below may differ by from WebAssembly's, as root of the mean
// square, in a* and b* and in parts of their strength: edge_runtime/engine/choose_engine.py.
const APART = 1;
const APART_OF_STRENGTH = 0.1;
const TIMED_RUNS = 3;
const AB_SCALE = 110;

let loading = null;

// The WebAssembly of LiteRT.js, in the faster kind where this browser runs it.
function load({ engines, relaxed_simd: trial }) {
  loading ??= (async () => {
    const { script, binary } = engines[WebAssembly.validate(new Uint8Array(trial)) ? "relaxed" : "compat"];
    const packed = (await fetched(binary)).body.pipeThrough(new DecompressionStream("gzip"));
    // Where the binary is given, LiteRT.js fetches nothing by itself.
    self.Module = { wasmBinary: new Uint8Array(await new Response(packed).arrayBuffer()) };
    return litert.loadLiteRt(addressOf(script));
  })();
  loading.catch(() => { loading = null; });
  return loading;
}

const addressOf = ({ path }) => new URL(`../${path}`, import.meta.url).href;

// A file of the catalogue, { path, integrity }, or an error: nothing runs but what was built.
async function fetched(file) {
  const response = await fetch(addressOf(file), { integrity: file.integrity }).catch(() => {
    throw new Error("a part of TintLite did not come over the network, or not as it was built: try again");
  });
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${file.path}`);
  return response;
}

export class Network {
  // `model`: { name, file, input_size, view } of the catalogue; `gpu`: whether WebGPU is tried.
  static async open(catalogue, model, gpu) {
    const [engine, response] = await Promise.all([load(catalogue), fetched(model.file)]);
    const data = new Uint8Array(await response.arrayBuffer());
    const wasm = await engine.loadAndCompile(data, { accelerator: "wasm" });
    const network = new Network(model, wasm, "wasm");
    return (gpu && (await onGpu(engine, data, network))) || network;
  }

  #compiled;

  constructor(model, compiled, accelerator) {
    this.model = model;
    this.accelerator = accelerator;
    this.#compiled = compiled;
    [, this.outputSize] = compiled.getOutputDetails()[0].shape;
  }

  // a* and b* of the network's input, float32 S x S: { height, width, values }, clipped.
  async run(input) {
    const size = this.model.input_size;
    const seen = new litert.Tensor(input, [1, size, size, 1]);
    let outputs = [];
    try {
      outputs = await this.#compiled.run([seen]);
      const values = Float32Array.from(await outputs[0].data(), (value) =>
        Math.fround(Math.min(1, Math.max(-1, value)) * AB_SCALE));
      return { height: this.outputSize, width: this.outputSize, values };
    } finally {
      for (const tensor of [seen, ...outputs]) tensor.delete();
    }
  }

  close() {
    this.#compiled.delete();
  }
}

// The network on WebGPU; null where there is none, or it does not colour alike or not as fast.
async function onGpu(engine, data, network) {
  if (!engine.getWebGpuDevice()) return null;
  let gpu = null;
  try {
    const compiled = await engine.loadAndCompile(data, { accelerator: "webgpu" });
    gpu = new Network(network.model, compiled, "webgpu");
    if (!compiled.isFullyAccelerated) throw new Error("some of its layers do not run there");
    const input = pattern(network.model.input_size);
    const [here, there] = [await timed(network, input), await timed(gpu, input)];
    const apart = rootMeanSquare(here.values.map((value, i) => value - there.values[i]));
    const most = Math.max(APART, APART_OF_STRENGTH * rootMeanSquare(here.values));
    // What is no number is refused too.
    if (!(apart <= most)) throw new Error(`its colours are ${apart.toFixed(1)} off`);
    if (there.ms > here.ms) throw new Error(`${there.ms.toFixed()} ms a run, ${here.ms.toFixed()} without`);
    network.close();
    return gpu;
  } catch (error) {
    console.warn(`TintLite does not use WebGPU: ${error.message}`);
    gpu?.close();
    return null;
  }
}

// What a network gives, and the least time that it takes: a software driver is a GPU, too.
async function timed(network, input) {
  let [values, ms] = [null, Infinity];
  for (let n = 0; n < TIMED_RUNS; n++) {
    const begin = performance.now();
    ({ values } = await network.run(input));
    ms = Math.min(ms, performance.now() - begin);
  }
  return { values, ms };
}

const rootMeanSquare = (values) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

// A picture to compare two engines on, as of edge_runtime/engine/pattern.py.
function pattern(size) {
  const last = Math.max(size - 1, 1);
  return Float32Array.from({ length: size * size }, (_, at) => {
    const [y, x] = [Math.floor(at / size) / last, (at % size) / last];
    const disc = (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.09;
    const lightness = 0.6 * (1 - 2 * y) + 0.25 * Math.sin(25 * x * y) + (disc ? 0.3 * x - 0.4 : 0);
    return Math.min(1, Math.max(-1, lightness));
  });
}
