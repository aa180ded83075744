import { decodeHTML } from 'entities';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataBlock, html } from '../../web/pages/html.ts';
import { hostileText, skeletonOf } from './arbitrary-page.ts';

test('whatever stands in a template is read back as it was, and adds neither element nor attribute', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (text, value) => {
      const page = html`<p title="${value}">${text}</p>`.toString();
      expect(skeletonOf(page)).toEqual(['<p title="">', '</p>']);
      const [, readValue = '', readText = ''] = /^<p title="([^"]*)">([\s\S]*)<\/p>$/.exec(page) ?? [];
      expect([decodeHTML(readValue), decodeHTML(readText)]).toEqual([value, text]);
    }),
  );
});

test('HTML in a template stays HTML, also in lists; nothing is written for what is undefined', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`);
  expect(html`<ul>${items}${undefined}</ul>${1}`.toString()).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>1');
});

test('no text ends a data block, and JSON reads it as it was', () => {
  fc.assert(
    fc.property(hostileText, hostileText, (name, value) => {
      const block = dataBlock('application/ld+json', { [name]: value }).toString();
      expect(block.match(/<[/!]?/g)).toEqual(['<', '</']);
      const json = block.slice(block.indexOf('>') + 1, block.lastIndexOf('</script>'));
      expect(JSON.parse(json)).toEqual(Object.fromEntries([[name, value]]));
    }),
  );
});
