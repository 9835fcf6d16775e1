// Hand a file to the browser's downloads.

import { make } from "./make.js";

export function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// The name in a Content-Disposition of ours: filename*=UTF-8''…
export function nameOf(response, otherwise) {
  const found = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  return found ? decodeURIComponent(found[1]) : otherwise;
}
