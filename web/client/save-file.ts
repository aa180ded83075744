import { createElement } from './create-element.ts';

/** Gives the browser a file to save. @param name as it is proposed */
export function saveFile(name: string, contents: Blob): void {
  const href = URL.createObjectURL(contents);
  createElement('a', { href, download: name }).click();
  // Not at once: some browsers read it only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
