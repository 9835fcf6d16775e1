// The photo that is open outlasts a reload of its tab: the browser keeps its file for a day.

const TAB = "tintlite-photo"; // in sessionStorage: the key of this tab's photo
const STORE = "photos";
const DAY = 24 * 3600 * 1000;

// Keep a file in the place of the one before. A browser that keeps nothing, or lacks room, is no
// failure.
export async function keepPhoto(file) {
  try {
    const key = sessionStorage.getItem(TAB) ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
    await inStore("readwrite", (store) => store.put({ file, at: Date.now() }, key));
    sessionStorage.setItem(TAB, key);
  } catch {
    // as said
  }
}

// The file that was open before the reload, or null.
export async function keptPhoto() {
  try {
    await tidy();
    const key = sessionStorage.getItem(TAB);
    return key ? ((await inStore("readonly", (store) => store.get(key)))?.file ?? null) : null;
  } catch {
    return null;
  }
}

// What tabs have left that were closed.
async function tidy() {
  const keys = await inStore("readonly", (store) => store.getAllKeys());
  for (const key of keys) {
    const { at } = await inStore("readonly", (store) => store.get(key));
    if (at < Date.now() - DAY) await inStore("readwrite", (store) => store.delete(key));
  }
}

async function inStore(mode, act) {
  const opening = indexedDB.open("tintlite", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  try {
    return await done(act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
