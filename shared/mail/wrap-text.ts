const COLUMNS = 72;

/**
 * Text broken at spaces into lines of at most 72 columns, as plain mail is read; a longer word (a link) stays whole.
 * @param indent goes before every line
 */
export function wrapText(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line].join('\n');
}
