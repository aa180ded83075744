import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  rules: {
    // Matters of style, in which templates and our formatter differ.
    'no-trailing-whitespace': 'off',
    'doctype-style': 'off',
    // The title of a store's page is as long as its name.
    'long-title': 'off',
    'tel-non-breaking': 'off',
    // Our own host vouches for its files.
    'require-sri': ['error', { target: 'crossorigin' }],
  },
});

/** What is wrong with a page's HTML; nothing, for a valid one. */
export async function htmlFaults(page: string): Promise<readonly string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `line ${line}, ${ruleId}: ${message}`),
  );
}
