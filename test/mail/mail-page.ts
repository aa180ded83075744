import chromium from '@sparticuz/chromium';
import { type Browser, chromium as browsers, type Page } from 'playwright-core';

/** What a browser makes of a mail's HTML. */
export interface ReadMail {
  /** All that it says, the head left out. */
  readonly text: string;
  /** Its elements in order, with the names of their attributes. */
  readonly skeleton: readonly string[];
  readonly hrefs: readonly string[];
  /** Whatever else could load something: `src`, `background`, `action`, style sheets' `url(`, `@import`. */
  readonly loads: readonly string[];
}

/** A real browser with an empty page, to read mails in. */
export async function openMailPage(): Promise<{ browser: Browser; page: Page }> {
  const browser = await browsers.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  });
  return { browser, page: await browser.newPage() };
}

/** Reads a mail as a browser parses it, without loading or running anything. */
export function readMail(page: Page, html: string): Promise<ReadMail> {
  return page.evaluate((source) => {
    const mail = new DOMParser().parseFromString(source, 'text/html');
    const elements = [...mail.querySelectorAll('*')];
    const attributes = elements.flatMap((element) => [...element.attributes]);
    return {
      text: mail.body.textContent ?? '',
      skeleton: elements.map((element) => [element.tagName, ...element.getAttributeNames()].join(' ')),
      hrefs: attributes.filter(({ name }) => name === 'href').map(({ value }) => value),
      loads: [
        ...attributes.filter(({ name }) => /^(src|srcset|background|action|poster|data)$/.test(name)),
        ...attributes.filter(({ name, value }) => name === 'style' && /url\(|@import/i.test(value)),
      ]
        .map(({ value }) => value)
        .concat(
          [...mail.querySelectorAll('style')]
            .map((sheet) => sheet.textContent ?? '')
            .filter((css) => /url\(|@import/i.test(css)),
        ),
    };
  }, html);
}
