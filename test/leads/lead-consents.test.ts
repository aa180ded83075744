import { describe, expect, test } from 'vitest';
import { buildAdf } from '../../shared/leads/adf.ts';
import { buildLeadMail } from '../../shared/leads/lead-mail.ts';
import { consentTo } from '../../shared/leads/outgoing-lead.ts';
import type { ConsentEvidence } from '../../shared/reservations/reservation.ts';
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
