// A message that comes, is read, and goes.

const element = document.getElementById("toast");
let timer = 0;

export function toast(text) {
  element.textContent = text;
  element.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { element.hidden = true; }, 6000);
}
