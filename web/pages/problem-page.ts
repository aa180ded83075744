import type { ProblemStatus } from '../../shared/http/http-problem.ts';
import type { Locale } from '../../shared/launch/launch.ts';
import { PAGE_MESSAGES, type PageMessages } from '../messages/page-messages.ts';
import { findForm } from './find-page.ts';
import { html } from './html.ts';
import { pageAddress } from './page-address.ts';
import type { Page } from './page-layout.ts';

/** What was asked for in vain. */
export type Missing = 'page' | 'store';

/** Says what went wrong and the ways on. @param requestId by which we find it in our logs */
export function problemPage(status: ProblemStatus, missing: Missing, requestId: string, locale: Locale): Page {
  const messages = PAGE_MESSAGES[locale];
  const { heading, text } = wordsOf(status, missing, messages);
  return {
    locale,
    title: heading,
    description: text,
    indexed: false,
    main: html`<h1>${heading}</h1>
<p class="lead">${text}</p>
${status >= 500 ? html`<p class="note">${messages.faultNumber(requestId)}</p>` : findForm({ near: '', model: '' }, locale)}
<p><a href="${pageAddress('/stores/', locale)}">${messages.allStores}</a></p>`,
  };
}

function wordsOf(status: ProblemStatus, missing: Missing, messages: PageMessages): { heading: string; text: string } {
  if (status >= 500) return { heading: messages.faultHeading, text: messages.fault };
  if (status === 405) return { heading: messages.methodHeading, text: messages.method };
  if (status === 410) return { heading: messages.withdrawnHeading, text: messages.withdrawn };
  if (missing === 'store') return { heading: messages.unknownStoreHeading, text: messages.unknownStore };
  return { heading: messages.unknownHeading, text: messages.unknown };
}
