import { consentText, currentWording, LOCALES, type Locale } from '../../shared/launch/launch.ts';
import { buildLeadClosedMail } from '../../shared/leads/lead-closed-mail.ts';
import { buildLeadMail } from '../../shared/leads/lead-mail.ts';
import type { OutgoingLead } from '../../shared/leads/outgoing-lead.ts';
import { buildEscalationMail, buildReminderMail } from '../../shared/leads/waiting-lead-mails.ts';
import type { MailContent } from '../../shared/mail/mail-content.ts';
import {
  buildAlreadyReservedMail,
  buildChangeMail,
  buildConfirmationMail,
  buildReceiptMail,
} from '../../shared/reservations/buyer-mails.ts';
import type { ConsentEvidence, Person } from '../../shared/reservations/reservation.ts';

export const SITE_URL = 'https://alpine.example';
export const TOKEN = 'k1.WyJhMSIsMiwxNzY1MDAwMDAwXQ.Zm9yZ2VkLWJ1dC1sb25nLWVub3VnaC10by1iZS1yZWFs';
export const UNSUBSCRIBE_TOKEN = 'k1.WyJhMSIsMywxNzY1MDAwMDAwXQ.YW5vdGhlci1vbmUtZm9yLW9uZS1jbGljay1hbG9uZQ';
export const STORE = {
  id: '2157',
  name: 'Land Rover Fort Lauderdale',
  status: 'expected',
  address: { street: '400 W Copans Rd', city: 'Pompano Beach', state: 'FL', zip: '33064' },
} as const;
export const PERSON: Person = {
  email: 'marie.laurent@example.com',
  givenName: 'Marie',
  familyName: 'Laurent',
  phone: '+13055550123',
  zip: '33131',
};

/** Both consents, as the form asks for them above a number. */
export function evidence(
  granted: boolean,
  locale: Locale = 'en-US',
  storeName: string = STORE.name,
  phone = PERSON.phone,
): ConsentEvidence[] {
  const wording = currentWording();
  return (['email', 'phone'] as const).map((id) => ({
    id,
    granted,
    ...(id === 'phone' && phone !== undefined && { phone }),
    text: consentText(wording, id, locale, storeName),
    version: wording.version,
    locale,
    at: '2026-11-23T14:00:00.000Z',
    globalPrivacyControl: false,
  }));
}

export function sampleLead(person: Person = PERSON, changes: Partial<OutgoingLead['reservation']> = {}): OutgoingLead {
  return {
    id: 'lead-7f3a9c',
    resend: false,
    requestedAt: '2026-11-23T14:05:09.120Z',
    reservation: {
      number: 'ALP-7K3Q-9XTM',
      person,
      model: 'a110',
      timeframe: '0-6-months',
      locale: 'en-US',
      consents: evidence(true, 'en-US', STORE.name, person.phone),
      disposableAddress: false,
      ...changes,
    },
    dealer: STORE,
  };
}

/** Every mail there is, in every language and with and without all that is optional, by a name that tells which. */
export function everyMail(person: Person = PERSON): ReadonlyMap<string, MailContent> {
  const mails = new Map<string, MailContent>();
  for (const locale of LOCALES) {
    for (const [suffix, store, model] of [
      ['', STORE, 'a110'],
      [' without a store', null, 'undecided'],
    ] as const) {
      const reservation = {
        number: 'ALP-7K3Q-9XTM',
        confirmedAt: '2026-11-23T14:05:09.120Z',
        expiresAtSeconds: Date.UTC(2026, 10, 30, 14, 0) / 1000,
        person,
        model,
        dealerId: store?.id ?? null,
        locale,
      };
      const held = {
        reservation,
        store,
        placeInLine: store === null ? null : 1214,
        manageToken: TOKEN,
        unsubscribeToken: UNSUBSCRIBE_TOKEN,
        siteUrl: SITE_URL,
      };
      mails.set(
        `confirmation${suffix} ${locale}`,
        buildConfirmationMail({ reservation, store, confirmToken: TOKEN, siteUrl: SITE_URL }),
      );
      mails.set(`receipt${suffix} ${locale}`, buildReceiptMail(held));
      mails.set(`change${suffix} ${locale}`, buildChangeMail(held));
      mails.set(`already reserved${suffix} ${locale}`, buildAlreadyReservedMail(held));
    }
  }
  const { phone, ...withoutPhone } = person;
  mails.set('lead', buildLeadMail(sampleLead(person), { siteUrl: SITE_URL, token: TOKEN }));
  mails.set('lead without consents', buildLeadMail(sampleLead(person, { consents: evidence(false), timeframe: null })));
  mails.set('lead without a phone', buildLeadMail({ ...sampleLead(withoutPhone), resend: true }));
  mails.set('lead of a throw-away mailbox', buildLeadMail(sampleLead(person, { disposableAddress: true })));
  const closed = { reservationNumber: 'ALP-7K3Q-9XTM', dealer: STORE };
  mails.set('closed lead of another store', buildLeadClosedMail({ ...closed, because: 'chose-otherwise' }));
  mails.set('closed lead of a withdrawal', buildLeadClosedMail({ ...closed, because: 'withdrew' }));
  const waiting = { reservationNumber: 'ALP-7K3Q-9XTM', waitsSince: '2026-11-23T14:05:09.120Z', dealer: STORE };
  mails.set('reminder of a lead', buildReminderMail(waiting, { siteUrl: SITE_URL, token: TOKEN }));
  mails.set('lead that waits, to the store group', buildEscalationMail(waiting));
  return mails;
}
