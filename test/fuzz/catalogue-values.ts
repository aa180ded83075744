import type { CatalogueItem } from './catalogue-item.ts';
import { targetOf } from './operation-under-fuzz.ts';
import { leavesOf, replaced } from './schema-arbitrary.ts';

/** A text in each place that takes text, and a literal in each place of a JSON body. */
export function everywhere(name: string, texts: readonly string[], literals: readonly string[]): CatalogueItem {
  return {
    name,
    of(under) {
      const { right, operation, path } = under;
      const parameters = (under.document.parameters ?? []).filter((parameter) => parameter.in === 'query');
      const inQuery = parameters.flatMap((parameter) =>
        texts.map((text) => {
          // A lone surrogate cannot be written in a URL but by its bytes.
          const rest = { ...right.query };
          delete rest[parameter.name];
          const target = targetOf(path, { ...right, query: rest });
          const written = `${encodeURIComponent(parameter.name)}=${percentOf(text)}`;
          return under.write(right, {
            label: `${name} as ?${parameter.name}`,
            target: `${target}${target.includes('?') ? '&' : '?'}${written}`,
          });
        }),
      );
      const inPath = operation.pathParameter
        ? texts.map((text) =>
            under.write(right, {
              label: `${name} as {${operation.pathParameter}}`,
              target: path.replace(/\{\w+\}/, percentOf(text)),
              expects: { outside: true },
            }),
          )
        : [];
      const leaves = right.body === undefined ? [] : leavesOf(right.body);
      const inBody = leaves.flatMap((leaf) =>
        texts.map((text) =>
          under.write(
            { ...right, body: replaced(right.body, leaf, text) },
            { label: `${name} as #/${leaf.join('/')}` },
          ),
        ),
      );
      const asLiteral = operation.form
        ? []
        : leaves.flatMap((leaf) =>
            literals.map((literal) => {
              const text = JSON.stringify(replaced(right.body, leaf, 'zq-placeholder'));
              const rawBody = Buffer.from(text.replace('"zq-placeholder"', () => literal));
              return under.write(right, { label: `${name} as a literal at #/${leaf.join('/')}`, rawBody });
            }),
          );
      return [...inQuery, ...inPath, ...inBody, ...asLiteral];
    },
  };
}

/** Percent-encoded UTF-8, of a lone surrogate the three bytes that stand for it nowhere. */
function percentOf(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0xd800 || code > 0xdfff) return encodeURIComponent(character);
      const bytes = [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
      return bytes.map((byte) => `%${byte.toString(16).toUpperCase()}`).join('');
    })
    .join('');
}
