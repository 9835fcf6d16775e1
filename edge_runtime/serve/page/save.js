// Hand a file to the browser's downloads.

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// The name in a Content-Disposition of ours: filename*=UTF-8''…
export function nameOf(response, otherwise) {
  const found = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  return found ? decodeURIComponent(found[1]) : otherwise;
}
