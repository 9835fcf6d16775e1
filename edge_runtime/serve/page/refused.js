// What was asked for and cannot be had: an Error whose message is a sentence for a person.

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

// A message as a sentence: one that begins with the name of a file keeps it as it is.
export function sentence(text) {
  return /^\S*[.:]/.test(text) ? text : text[0].toUpperCase() + text.slice(1);
}
