// Makes elements of the page.

export function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

export function button(properties, act) {
  const element = make("button", { type: "button", ...properties });
  element.addEventListener("click", act);
  return element;
}

// What the server notes of a file, as a sentence in a list.
export function noteItem(text) {
  return make("li", { textContent: text[0].toUpperCase() + text.slice(1) + (text.endsWith(".") ? "" : ".") });
}
