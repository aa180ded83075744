import { createButton, createElement } from '../client/create-element.ts';

/** How many events the list keeps. */
const MOST_EVENTS = 8;

for (const code of document.querySelectorAll('.code')) {
  const text = (code.textContent ?? '').replaceAll('https://HOST', location.origin);
  code.querySelector('code')?.replaceChildren(text);
  const copy = createButton('Copy', 'copy', () => void copyText(copy, text));
  code.append(copy);
}

/** Over plain http a browser has no clipboard: then the text is marked, for the reader to copy. */
async function copyText(button: HTMLButtonElement, text: string): Promise<void> {
  const copied = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  );
  if (copied) {
    button.textContent = 'Copied';
    return;
  }
  const code = button.parentElement?.querySelector('code');
  if (code) getSelection()?.selectAllChildren(code);
  button.textContent = 'Marked: copy it';
}

const events = document.querySelector('#events');
const types = [...document.querySelectorAll('#event-table tbody th')].map((code) => code.textContent);
for (const type of types) {
  document.addEventListener(type, (event) => {
    events?.querySelector('.note')?.remove();
    const detail = event instanceof CustomEvent ? JSON.stringify(event.detail) : '';
    events?.prepend(createElement('li', {}, createElement('strong', {}, type), ` ${detail}`));
    events?.children[MOST_EVENTS]?.remove();
  });
}
