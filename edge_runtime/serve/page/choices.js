// How a photo is to be saved: what the visitor chose beside the download.

const $ = (id) => document.getElementById(id);
const ENDINGS = { "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif", "image/webp": ".webp" };
const WITH_QUALITY = ["jpeg", "webp"];

function show() {
  $("quality-field").hidden = !WITH_QUALITY.includes($("format").value);
  $("quality-value").textContent = $("quality").value;
}

$("format").addEventListener("change", show);
$("quality").addEventListener("input", show);
show(); // a browser may have kept what was chosen

// As the server's options: { format, quality, side_by_side, corner_mark }, those that are not as usual.
export function choices() {
  const format = $("format").value;
  return {
    ...(format && { format }),
    ...(WITH_QUALITY.includes(format) && { quality: $("quality").value }),
    ...($("beside").checked && { side_by_side: true }),
    ...($("corner-mark").checked && { corner_mark: true }),
  };
}

// The name of a result with the ending of what it became.
export function nameAs(name, type) {
  const ending = ENDINGS[type];
  if (!ending || name.toLowerCase().endsWith(ending)) return name;
  return name.replace(/\.[^.]*$/, "") + ending;
}
