// Words that outlast a reload of their tab. A browser may keep nothing.

// What was kept under a key; null where there is nothing.
export function remembered(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

// Keep words, or nothing any more where they are null.
export function remember(key, words) {
  try {
    if (words === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(words));
  } catch {
    // then a reload forgets them
  }
}
