/** What gazetteers and people write in full or short by turns. */
const WORDS_IN_FULL: Readonly<Record<string, string>> = { st: 'saint', ste: 'sainte', ft: 'fort', mt: 'mount' };

/**
 * The form under which names are compared and sorted: only `a-z0-9`, without accents, punctuation and spaces
 * (`DeKalb` = `De Kalb`, `McLean` = `Mc Lean`), `St.`, `Ste.`, `Ft.` and `Mt.` in full. Empty for a name without letters or digits.
 */
export function nameKey(name: string): string {
  return words(name).map(inFull).join('');
}

/** Like `nameKey`, with no word changed: `MT` is Montana's code. */
export function stateKey(codeOrName: string): string {
  return words(codeOrName).join('');
}

/**
 * The key prefixes under which names that begin with `text` stand. Two when its last word may be short for another or only
 * begun: `st` begins Stamford and St. Louis.
 */
export function nameKeyPrefixes(text: string): readonly string[] {
  const all = words(text);
  const whole = all.map(inFull).join('');
  const last = all.at(-1);
  if (last === undefined) return [];
  if (inFull(last) === last || !/[\p{L}\d]$/u.test(text)) return [whole];
  return [all.slice(0, -1).map(inFull).join('') + last, whole];
}

function words(name: string): string[] {
  return name
    .normalize('NFKD')
    .replace(/[\p{M}'’‘`]/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function inFull(word: string): string {
  return Object.hasOwn(WORDS_IN_FULL, word) ? (WORDS_IN_FULL[word] ?? word) : word;
}
