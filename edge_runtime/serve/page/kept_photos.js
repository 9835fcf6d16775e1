// The photos that are open outlast a reload of their tab: the browser keeps them for a day.

const TAB = "tintlite-photos"; // in sessionStorage: what the keys of this tab's photos begin with
const FILES = "files"; // by key; written once
const WORDS = "words"; // by key: what is said of a photo, with the time `at`
const DAY = 24 * 3600 * 1000;
const VERSION = 2; // 1 had one photo a tab

// Keep a photo's file; what is said of it comes by `keepWords`. Whether there was room: a browser that
// keeps nothing at all is no failure.
export async function keepFile(key, file) {
  try {
    await inStores([FILES], (files) => files.put(file, full(key)));
  } catch (error) {
    return error.name !== "QuotaExceededError";
  }
  return true;
}

// Keep what is said of a photo, in place of what was.
export const keepWords = (key, words) => quietly(() => (
  inStores([WORDS], (store) => store.put({ ...words, at: Date.now() }, full(key)))
));

// Keep nothing of a photo any more.
export const dropKept = (key) => quietly(() => remove([full(key)]));

// What is kept for this tab: [{ key, file, words }].
export const keptPhotos = async () => (await quietly(async () => {
  await tidy();
  const own = full("");
  const range = IDBKeyRange.bound(own, `${own}\uffff`);
  const keys = await inStores([WORDS], (words) => words.getAllKeys(range));
  const found = await Promise.all(keys.map(async (key) => ({
    key: key.slice(own.length),
    file: await inStores([FILES], (files) => files.get(key)),
    words: await inStores([WORDS], (words) => words.get(key)),
  })));
  return found.filter(({ file }) => file);
})) ?? [];

// A key of this tab's.
function full(key) {
  let tab = sessionStorage.getItem(TAB);
  if (!tab) {
    tab = crypto.getRandomValues(new Uint32Array(4)).join("-");
    sessionStorage.setItem(TAB, tab);
  }
  return `${tab}/${key}`;
}

// What tabs have left that were closed.
async function tidy() {
  const [files, keys, words] = await Promise.all([
    inStores([FILES], (store) => store.getAllKeys()),
    inStores([WORDS], (store) => store.getAllKeys()),
    inStores([WORDS], (store) => store.getAll()),
  ]);
  const old = keys.filter((key, at) => words[at].at < Date.now() - DAY);
  const own = full("");
  const lost = files.filter((key) => !keys.includes(key) && !key.startsWith(own));
  if (old.length || lost.length) await remove([...old, ...lost]);
}

const remove = (keys) => inStores([FILES, WORDS], (...stores) => {
  let last;
  for (const key of keys) for (const store of stores) last = store.delete(key);
  return last;
});

// Private windows may keep nothing.
async function quietly(act) {
  try {
    return await act();
  } catch {
    return null;
  }
}

// Do something with stores that gives a request; what comes of it, once it is on the disk.
async function inStores(names, act) {
  const opening = indexedDB.open("tintlite", VERSION);
  opening.onupgradeneeded = () => {
    const database = opening.result;
    for (const name of [...database.objectStoreNames]) database.deleteObjectStore(name);
    for (const name of [FILES, WORDS]) database.createObjectStore(name);
  };
  const database = await done(opening);
  try {
    const change = database.transaction(names, "readwrite");
    const whole = new Promise((resolve, reject) => {
      change.oncomplete = resolve;
      change.onabort = () => reject(change.error);
    });
    const request = act(...names.map((name) => change.objectStore(name)));
    await whole;
    return request.result;
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
