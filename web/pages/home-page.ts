import type { Locale } from '../../shared/launch/launch.ts';
import { EVERGREEN_SCRIPT } from '../embed-codes.ts';
import { PAGE_MESSAGES } from '../messages/page-messages.ts';
import { findForm } from './find-page.ts';
import { html } from './html.ts';
import type { AddressOf, Page } from './page-layout.ts';

/** The page with the widget. */
export function homePage(locale: Locale, addressOf: AddressOf): Page {
  const messages = PAGE_MESSAGES[locale];
  return {
    locale,
    path: '/',
    title: messages.homeTitle,
    description: messages.homeDescription,
    // First the one that tells the widget what the address asks for.
    scripts: [addressOf('home/home.js'), addressOf(EVERGREEN_SCRIPT)],
    main: html`<h1>${messages.homeHeading}</h1>
<p class="lead">${messages.homeIntro}</p>
<noscript>
${findForm({ near: '', model: '' }, locale)}
<p class="note">${messages.homeWithoutScript}</p>
</noscript>
<alpine-dealer-locator></alpine-dealer-locator>`,
  };
}
