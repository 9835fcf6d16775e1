// Take a colour from another picture, which stays in the browser.

import { hexOf } from "./lab.js";
import { toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const LONGEST = 1600; // pixels of the picture as it is shown
const AROUND = 2; // pixels on each side of a press that count too

// `picked` is called with the colour of a press on a picture that is asked for.
export function pickColour(picked) {
  const file = $("pick-file");
  file.value = "";
  file.onchange = () => show(file.files[0]);
  $("pick-picture").onclick = (event) => {
    const colour = colourUnder(event);
    $("pick").close();
    picked(colour);
  };
  file.click();
}

async function show(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    toast(`${file.name}: no picture that this browser can show.`);
    return;
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  Object.assign($("pick-picture"), { width, height });
  $("pick-picture").getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0, width, height);
  picture.close();
  $("pick").showModal();
}

// The mean colour around a press.
function colourUnder(event) {
  const canvas = $("pick-picture");
  const at = (part, side) => Math.min(side - 1, Math.max(0, Math.floor(part * side)));
  const x = at(event.offsetX / canvas.clientWidth, canvas.width);
  const y = at(event.offsetY / canvas.clientHeight, canvas.height);
  const [left, top] = [Math.max(0, x - AROUND), Math.max(0, y - AROUND)];
  const [right, bottom] = [Math.min(canvas.width, x + AROUND + 1), Math.min(canvas.height, y + AROUND + 1)];
  const { data } = canvas.getContext("2d").getImageData(left, top, right - left, bottom - top);
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) if (i % 4 < 3) sums[i % 4] += data[i];
  return hexOf(sums.map((sum) => Math.round((4 * sum) / data.length)));
}
