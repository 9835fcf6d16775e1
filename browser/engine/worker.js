// The engine's own thread. A classic worker: LiteRT.js loads its WebAssembly by importScripts.

const engine = import("./engine.js").then(({ Engine }) => new Engine());

self.onmessage = async ({ data: { number, method, given } }) => {
  try {
    const result = await (await engine)[method](...given);
    self.postMessage({ number, result });
  } catch (error) {
    self.postMessage({ number, error: error.message, status: error.status });
  }
};
