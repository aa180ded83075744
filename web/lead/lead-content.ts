import type { AcknowledgementAnswer } from '../../shared/contract/leads.ts';
import { createButton, createElement } from '../client/create-element.ts';
import type { RequestFailure } from '../client/failure.ts';
import { formatTime } from '../client/format.ts';
import { termList } from '../client/term-list.ts';
import { LEAD_MESSAGES as messages } from '../messages/lead-messages.ts';
import type { LeadLink } from './lead-link.ts';
import { timeBetween } from './response-time.ts';

/** What the page shows. */
export type LeadState =
  | { readonly kind: 'no-link' | 'dead-link' }
  | { readonly kind: 'question'; readonly link: LeadLink }
  | { readonly kind: 'working'; readonly slow: boolean }
  /** `already`: it was acknowledged before the button was pressed here. */
  | { readonly kind: 'acknowledged'; readonly answer: AcknowledgementAnswer; readonly already: boolean }
  | { readonly kind: 'failed'; readonly failure: RequestFailure; retry(): void };

/** The page's elements and its title. */
export interface LeadContent {
  readonly nodes: readonly Node[];
  readonly title: string;
  /** Takes the focus; `undefined` while waiting. */
  readonly heading: HTMLElement | undefined;
  /** What screen readers are told besides; empty: nothing. */
  readonly announcement: string;
}

/** A state of the page as its elements. Nothing of the buyer is in any of them. */
export function leadContent(state: LeadState, acknowledge: (link: LeadLink) => void): LeadContent {
  switch (state.kind) {
    case 'working': {
      const words = state.slow ? messages.workingSlowly : messages.working;
      return { nodes: [text(words)], title: words, heading: undefined, announcement: state.slow ? words : '' };
    }
    case 'no-link':
      return headed(messages.noLinkHeading, text(messages.noLink));
    case 'dead-link':
      return headed(messages.deadLinkHeading, text(messages.deadLink), text(messages.deadLinkNext));
    case 'question':
      return headed(
        messages.questionHeading,
        text(messages.question),
        createElement(
          'div',
          { class: 'choices' },
          createButton(messages.acknowledge, 'primary', () => acknowledge(state.link)),
          note(messages.questionNote),
        ),
      );
    case 'failed': {
      const failure = state.failure.kind === 'refused' ? 'server' : state.failure.kind;
      return headed(
        messages.failedHeading,
        createElement('p', { role: 'alert', class: 'fault' }, messages.failures[failure]),
        createButton(messages.tryAgain, 'primary', () => state.retry()),
      );
    }
    case 'acknowledged':
      return headed(
        state.already ? messages.alreadyHeading : messages.acknowledgedHeading,
        text(state.already ? messages.already : messages.acknowledged),
        acknowledgementList(state.answer, state.already),
        note(messages.next),
      );
  }
}

function acknowledgementList(answer: AcknowledgementAnswer, already: boolean): HTMLElement {
  const { reservationNumber, dealer, createdAt, acknowledgedAt } = answer;
  const list = termList([
    [messages.number, reservationNumber],
    [messages.store, dealer.name],
    [messages.createdAt, formatTime(createdAt, 'en-US')],
    [already ? messages.firstAcknowledgedAt : messages.acknowledgedAt, formatTime(acknowledgedAt, 'en-US')],
    [messages.responseTime, timeBetween(createdAt, acknowledgedAt)],
  ]);
  list.classList.add('receipt');
  return list;
}

function headed(words: string, ...nodes: readonly Node[]): LeadContent {
  const heading = createElement('h1', { tabindex: '-1' }, words);
  return { nodes: [heading, ...nodes], title: words, heading, announcement: '' };
}

function text(words: string): HTMLElement {
  return createElement('p', {}, words);
}

function note(words: string): HTMLElement {
  return createElement('p', { class: 'note' }, words);
}
