import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildAdf } from '../../shared/leads/adf.ts';
import { buildLeadClosedMail } from '../../shared/leads/lead-closed-mail.ts';
import { buildLeadMail } from '../../shared/leads/lead-mail.ts';
import { consentTo } from '../../shared/leads/outgoing-lead.ts';
import type { ConsentEvidence } from '../../shared/reservations/reservation.ts';
import { anyUnprintable } from '../mail/people.ts';
import { evidence, PERSON, STORE, sampleLead } from '../mail/sample-mails.ts';

function leadWith(consents: readonly ConsentEvidence[]) {
  return sampleLead(PERSON, { consents });
}

function remarksOf(consents: readonly ConsentEvidence[]): string {
  const adf = buildAdf(leadWith(consents), 'leads@store.example');
  return (/<comments\s*>([^<]*)/.exec(adf)?.[1] ?? '').replace(/\s+/g, ' ');
}

function mailText(consents: readonly ConsentEvidence[]): string {
  return buildLeadMail(leadWith(consents)).text.replace(/\s+/g, ' ');
}

describe('what a store may do', () => {
  test('is nothing that the buyer has not ticked', () => {
    for (const consents of [evidence(false), []]) {
      expect(remarksOf(consents)).toContain('Consent: e-mail NO; calls and texts NO.');
      expect(mailText(consents)).toContain('Calls and texts: NO');
      expect(mailText(consents)).toContain('Phone: +13055550123 Do NOT call or text this number.');
      expect(buildLeadMail(leadWith(consents)).html).not.toContain('tel:');
    }
  });

  test('is what the buyer ticked, under the version that was shown', () => {
    const [email, phone] = evidence(true);
    expect(remarksOf(evidence(true))).toContain(
      `Consent: e-mail yes (version ${email?.version}); calls and texts yes (version ${phone?.version}).`,
    );
    expect(mailText(evidence(true))).toContain(
      `Calls and texts: Yes The buyer agreed to these words: “${phone?.text}”`,
    );
    expect(buildLeadMail(leadWith(evidence(true))).html).toContain('href="tel:+13055550123"');
  });

  test.each(['email', 'phone'] as const)('is decided for each kind of contact by itself: %s', (granted) => {
    const consents = evidence(true).map((consent) => ({ ...consent, granted: consent.id === granted }));
    expect(consentTo('email', leadWith(consents)) !== undefined).toBe(granted === 'email');
    expect(consentTo('phone', leadWith(consents)) !== undefined).toBe(granted === 'phone');
  });

  test('follows the last word of the buyer', () => {
    expect(consentTo('phone', leadWith([...evidence(true), ...evidence(false)]))).toBeUndefined();
    expect(consentTo('phone', leadWith([...evidence(false), ...evidence(true)]))).toMatchObject({ granted: true });
  });

  test('excludes calls when the words named another store, even one of a longer name', () => {
    for (const otherStore of ['Audi Plantation', `${STORE.name} West`]) {
      const consents = evidence(true, 'en-US', otherStore);
      expect(remarksOf(consents)).toContain('calls and texts NO');
      expect(consentTo('email', leadWith(consents))).toMatchObject({ granted: true });
    }
  });

  test('excludes calls to a number that the words did not stand under', () => {
    for (const phone of ['+13055550199', undefined]) {
      const { phone: _, ...person } = PERSON;
      const lead = sampleLead({ ...person, ...(phone && { phone }) }, { consents: evidence(true) });
      expect(consentTo('phone', lead)).toBeUndefined();
      expect(buildLeadMail(lead).html).not.toContain('tel:');
    }
  });

  test('includes calls when the words were shown in Spanish', () => {
    expect(consentTo('phone', leadWith(evidence(true, 'es-US')))).toMatchObject({ granted: true });
  });
});

describe('the mail to the store', () => {
  test('names no person in its subject', () => {
    const { subject } = buildLeadMail(sampleLead());
    expect(subject).toBe('Alpine lead ALP-7K3Q-9XTM: A110');
    expect(buildLeadMail({ ...sampleLead(), resend: true }).subject).toBe(`Sent again: ${subject}`);
  });

  test('tells a store that has it already to go by how it stands now', () => {
    const again =
      /sent this lead before\. This is how it stands now: the buyer has changed something, or it was sent again/;
    const textOf = (resend: boolean) => buildLeadMail({ ...sampleLead(), resend }).text.replace(/\s+/g, ' ');
    expect(textOf(true)).toMatch(again);
    expect(textOf(false)).not.toContain('before');
  });

  test('says so of an address of a service for throw-away mailboxes, and of no other', () => {
    for (const disposableAddress of [true, false]) {
      const { text, html } = buildLeadMail(sampleLead(PERSON, { disposableAddress }));
      expect(text.includes('The address is of a service for throw-away mailboxes.')).toBe(disposableAddress);
      expect(html?.includes('throw-away')).toBe(disposableAddress);
    }
  });

  test('says who, what, when and in which language', () => {
    const text = buildLeadMail(sampleLead(PERSON, { locale: 'es-US' })).text;
    for (const fact of [
      'Name: Marie Laurent',
      'E-mail: marie.laurent@example.com',
      'ZIP: 33131',
      'Interested in: A110',
      'Hopes to buy: Within 6 months of launch',
      'Language: Spanish',
      'Asked for your store: November 23, 2026 at 2:05 PM UTC',
      'Reservation: ALP-7K3Q-9XTM',
    ]) {
      expect(text.split('\n')).toContain(fact);
    }
  });

  test('has the button to acknowledge only where there is a link for it', () => {
    const link = 'https://alpine.example/lead/#acknowledge=k1.t';
    expect(buildLeadMail(sampleLead(), { siteUrl: 'https://alpine.example', token: 'k1.t' }).html).toContain(link);
    expect(buildLeadMail(sampleLead()).html).not.toContain('acknowledge');
  });
});

describe('the mail that closes a lead', () => {
  const closed = { reservationNumber: 'ALP-7K3Q-9XTM', dealer: STORE };

  test.each([
    ['withdrew', 'The buyer has withdrawn the reservation.'],
    ['chose-otherwise', 'The buyer has chosen another store, or none for now.'],
  ] as const)('says that the buyer %s, by the number alone, and what is asked of the store', (because, words) => {
    const { subject, text } = buildLeadClosedMail({ ...closed, because });
    const said = text.replace(/\s+/g, ' ');
    expect(subject).toBe('Closed: Alpine lead ALP-7K3Q-9XTM');
    for (const part of [
      words,
      'Reservation: ALP-7K3Q-9XTM',
      `Store: ${STORE.name}`,
      'Please delete what you were sent about this buyer',
      'do not contact the buyer about this reservation any more',
    ]) {
      expect(said).toContain(part);
    }
    // The two reasons exclude each other.
    expect(said.match(/The buyer has (withdrawn|chosen)/g)).toHaveLength(1);
  });

  test('refuses a number or a store that would add a header or a line', () => {
    fc.assert(
      fc.property(anyUnprintable, (value) => {
        expect(() => buildLeadClosedMail({ ...closed, reservationNumber: value, because: 'withdrew' })).toThrow(
          RangeError,
        );
        expect(() => buildLeadClosedMail({ ...closed, dealer: { name: value }, because: 'withdrew' })).toThrow(
          RangeError,
        );
      }),
    );
  });
});
