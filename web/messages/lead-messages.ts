import { FAILURE_MESSAGES } from './failure-messages.ts';

/** What the page of a lead says. English only, as the mails to stores are. */
export const LEAD_MESSAGES = {
  working: 'One moment…',
  workingSlowly: 'Still working. Your connection seems slow.',
  failedHeading: 'That did not work',
  failures: {
    ...FAILURE_MESSAGES['en-US'],
    server: 'Something went wrong on our side. Try again in a moment.',
  },
  tryAgain: 'Try again',
  noLinkHeading: 'Open the link in your mail',
  noLink: 'This page needs the button in the mail about the lead. Open it there again.',
  deadLinkHeading: 'This link is not valid, or no longer',
  deadLink: 'The lead itself is in the mail, with all that you need to answer the buyer. Go on from there.',
  deadLinkNext:
    'To let us know that you are taking care of it, use the button in the newest mail about this lead. If your mail program cuts long links, copy the whole link into the address bar.',
  questionHeading: 'Acknowledge this lead',
  question: 'Press the button when someone at your store is on it. We note the time and stop reminding you.',
  questionNote: 'The first press counts, whoever makes it. The buyer’s details are in the mail only.',
  acknowledge: 'I am taking care of this lead',
  acknowledgedHeading: 'Thank you',
  acknowledged: 'We have noted that your store is taking care of this lead.',
  alreadyHeading: 'Already acknowledged',
  already: 'You or someone else at your store pressed the button before. The first time counts; it stays as it is.',
  number: 'Reservation number',
  store: 'Store',
  createdAt: 'Lead came in',
  acknowledgedAt: 'Acknowledged',
  firstAcknowledgedAt: 'First acknowledged',
  responseTime: 'Time between',
  underOneMinute: 'Less than a minute',
  next: 'The buyer’s details are in the mail. You can close this page.',
} as const;
