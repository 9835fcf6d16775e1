// Keeps the page, the engine and the models, so that all works without a network after one visit.

importScripts("files.js"); // self.BUILD: { version, files, engines, relaxed_simd }

const { version, files, engines, relaxed_simd: trial } = self.BUILD;
const FAMILY = `tintlite ${registration.scope} `;
const CACHE = FAMILY + version;
const address = (path) => new URL(path, registration.scope).href;

// Of the two kinds of WebAssembly this browser needs one.
const needless = Object.values(engines[WebAssembly.validate(new Uint8Array(trial)) ? "compat" : "relaxed"]);
const kept = new Map(Object.entries(files)
  .filter(([path]) => !needless.some((file) => file.path === path))
  .map(([path, integrity]) => [address(path), integrity]));

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // Asked of the server anew, and each file as it was built: never half of one version.
    const requests = [...kept].map(([url, integrity]) => new Request(url, { integrity, cache: "no-cache" }));
    await cache.addAll(requests);
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(FAMILY) && name !== CACHE) await caches.delete(name);
    }
    await clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.search = url.hash = "";
  if (event.request.method !== "GET") return;
  if (url.href === address("index.html")) url.href = address("./");
  if (!kept.has(url.href)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return (await cache.match(url.href)) ?? fetch(event.request);
  })());
});
