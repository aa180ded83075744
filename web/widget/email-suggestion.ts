import { createButton, createElement } from '../client/create-element.ts';
import type { ReserveMessages } from '../messages/reserve-messages.ts';

/** Large US mailbox providers. A domain that stands here is never doubted, however near it is to another. */
const KNOWN_DOMAINS = [
  'gmail.com',
  'yahoo.com',
  'hotmail.com',
  'outlook.com',
  'icloud.com',
  'aol.com',
  'comcast.net',
  'verizon.net',
  'att.net',
  'sbcglobal.net',
  'bellsouth.net',
  'charter.net',
  'cox.net',
  'live.com',
  'msn.com',
  'me.com',
  'mac.com',
  'mail.com',
  'ymail.com',
  'gmx.com',
  'proton.me',
  'protonmail.com',
];

/** Endings that nobody has, by what was meant. */
const TYPED_ENDINGS: Readonly<Record<string, string>> = {
  con: 'com',
  cmo: 'com',
  ocm: 'com',
  comm: 'com',
  vom: 'com',
  xom: 'com',
  nte: 'net',
  ney: 'net',
};

/**
 * What may have been meant by an address whose domain is one or two keys off a large provider's: `ana@gmial.com` →
 * `ana@gmail.com`. Only a question to ask: the address may be right as it is.
 *
 * @returns `undefined` when nothing is to be asked
 */
export function suggestEmail(typed: string): string | undefined {
  const [, name, typedDomain] = /^([^\s@]+)@([^\s@]+)$/.exec(typed.trim()) ?? [];
  if (name === undefined || typedDomain === undefined) return undefined;
  const domain = typedDomain.toLowerCase();
  if (KNOWN_DOMAINS.includes(domain)) return undefined;
  const mended = domain.replace(/\.(\w+)$/, (whole, ending: string) => `.${TYPED_ENDINGS[ending] ?? whole.slice(1)}`);
  // Of short names one wrong key makes too many others.
  const near = KNOWN_DOMAINS.filter((known) => known.length > 7)
    .map((known) => ({ known, keys: keysApart(mended, known) }))
    .filter(({ known, keys }) => keys <= (known.length > 10 ? 2 : 1))
    .sort((a, b) => a.keys - b.keys)[0];
  const meant = near?.known ?? mended;
  return meant === domain ? undefined : `${name}@${meant}`;
}

/** Asks below the box for an address whether another one was meant, once the person has left the box. */
export function emailQuestion(input: HTMLInputElement, messages: ReserveMessages): HTMLElement {
  const question = createElement('p', { class: 'adl-question', role: 'status' });
  const ask = () => {
    const meant = suggestEmail(input.value);
    question.replaceChildren();
    if (meant === undefined) return;
    const take = createButton(messages.useEmail(meant), 'adl-link', () => {
      input.value = meant;
      // As if it had been typed: the question goes, and so does a fault that is corrected.
      input.dispatchEvent(new Event('input', { bubbles: true }));
      input.focus();
    });
    question.append(`${messages.emailDoubt} `, take);
  };
  input.addEventListener('change', () => {
    // Left by pressing something: what is pressed must not move away from below the pointer before it is let go.
    if (document.querySelector(':active') === null) ask();
    else addEventListener('pointerup', () => setTimeout(ask), { once: true });
  });
  input.addEventListener('input', () => question.replaceChildren());
  return question;
}

/**
 * How many keys two words are apart, one key wrong, missing, too many, or two swapped counting as one.
 * The optimal string alignment distance: F. J. Damerau, CACM 7(3), 1964.
 */
function keysApart(a: string, b: string): number {
  let [beforeLast, last]: [readonly number[], readonly number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, j) => j),
  ];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const costs = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (isSame ? 0 : 1)];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) costs.push((beforeLast[j - 2] ?? 0) + 1);
      row.push(Math.min(...costs));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
