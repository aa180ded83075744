import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCALES, launch } from '../../shared/launch/launch.ts';
import type { MailContent } from '../../shared/mail/mail-content.ts';
import { layOutMail } from '../../shared/mail/mail-layout.ts';
import {
  buildAlreadyReservedMail,
  buildChangeMail,
  buildConfirmationMail,
  buildReceiptMail,
} from '../../shared/reservations/buyer-mails.ts';
import { openMailPage, readMail } from './mail-page.ts';
import { anyName, anyPerson, anyUnprintable } from './people.ts';
import { everyMail, PERSON, SITE_URL, STORE, TOKEN, UNSUBSCRIBE_TOKEN } from './sample-mails.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  ({ browser, page } = await openMailPage());
});
afterAll(() => browser.close());

function htmlOf(mail: MailContent): string {
  if (mail.html === undefined) throw new Error(`no HTML in "${mail.subject}"`);
  return mail.html;
}

/** Everything said, without what the two forms lay out differently: white space, colons, dashes. */
function said(text: string): string {
  return text.replace(/[\s:-]/gu, '');
}

describe.each([...everyMail()])('the mail "%s"', (_, mail) => {
  test('says the same in text and in HTML', async () => {
    const { text, hrefs } = await readMail(page, htmlOf(mail));
    const buttons = hrefs.filter((href) => href.startsWith(SITE_URL));
    const withoutLinks = buttons.reduce((left, href) => left.replace(`\n${href}\n`, '\n'), mail.text);
    expect(said(withoutLinks)).toBe(said(text));
    for (const href of buttons) expect(mail.text.split('\n')).toContain(href);
  });

  test('loads nothing and leads to our site and the privacy notice alone', async () => {
    const { hrefs, loads, skeleton } = await readMail(page, htmlOf(mail));
    expect(loads).toEqual([]);
    expect(skeleton.filter((element) => /^(IMG|SCRIPT|LINK|IFRAME|FORM|TABLE|OBJECT|SVG)/i.test(element))).toEqual([]);
    const remote = [...hrefs.filter((href) => !/^(mailto|tel):/.test(href)), ...mail.text.matchAll(/https?:\S+/g)].map(
      String,
    );
    for (const url of remote)
      expect([new URL(SITE_URL).origin, launch.privacyUrl]).toContain(
        url === launch.privacyUrl ? url : new URL(url).origin,
      );
    expect(remote).toContain(launch.privacyUrl);
  });

  test('carries its token in the fragment alone', async () => {
    const { hrefs } = await readMail(page, htmlOf(mail));
    const withToken = hrefs.filter((href) => href.includes(TOKEN));
    for (const href of withToken) {
      const { hash, pathname, search } = new URL(href);
      expect(hash).toMatch(new RegExp(`^#(confirm|manage|acknowledge)=${TOKEN.replaceAll('.', '\\.')}$`));
      expect(`${pathname}${search}`).toMatch(/^\/(reservation|lead)\/$/);
    }
    expect(htmlOf(mail).split(TOKEN)).toHaveLength(withToken.length + 1);
    // What a mail program may POST for its reader stands in no link that a click or a scanner would follow.
    expect(mail.subject + mail.text + mail.html).not.toContain(UNSUBSCRIBE_TOKEN);
  });

  test('promises nothing: no price, no date but of what has happened, no store that is more than expected', () => {
    expect(mail.text + mail.subject + mail.html).not.toMatch(
      /authori[sz]|autoriza|official dealer|oficial|guarant|garanti|\$ ?\d|\d ?(USD|€)/i,
    );
    const happened = /November (23|30), 2026|(23|30) de noviembre de 2026/g;
    // The launch is spoken of in the configured words only.
    const configured = [...launch.models.map(({ expected }) => expected), launch.launchNotice].flatMap(
      Object.values<string>,
    );
    const rest = configured
      .reduce((left, notice) => left.replaceAll(notice, ''), mail.text.replace(/\s+/g, ' '))
      .replace(happened, '');
    expect(rest).not.toMatch(/20\d\d/);
  });

  test('names its sender by post and says why it came', async () => {
    expect(mail.text.replace(/\s+/g, ' ')).toContain(launch.postalAddress);
    expect(mail.text).toMatch(/You get this mail because|Recibe este correo porque/);
  });

  test('has text lines of at most 72 columns, links apart', () => {
    const long = mail.text.split('\n').filter((line) => line.length > 72);
    expect(long.filter((line) => !line.startsWith('https://'))).toEqual([]);
  });
});

test('names of any characters add no element and are read as they were written', async () => {
  const plain = new Map<string, readonly string[]>();
  for (const [name, mail] of everyMail()) plain.set(name, (await readMail(page, htmlOf(mail))).skeleton);
  const { phone, ...withoutPhone } = PERSON;
  await fc.assert(
    fc.asyncProperty(anyPerson, async (person) => {
      // The number decides whether there is a row for it; everything else must stay in place.
      const mails = everyMail({ ...withoutPhone, ...person, phone: person.phone ?? '+13055550123' });
      for (const name of [
        'receipt en-US',
        'receipt es-US',
        'lead',
        'lead without consents',
        'lead without a phone',
        'lead of a throw-away mailbox',
      ]) {
        const mail = mails.get(name);
        if (mail === undefined) throw new Error(`no mail "${name}"`);
        const { text, skeleton } = await readMail(page, htmlOf(mail));
        expect(skeleton).toEqual(plain.get(name));
        expect(said(text)).toContain(said(person.givenName));
        if (name.startsWith('lead')) expect(said(text)).toContain(said(`${person.familyName} E-mail ${person.email}`));
      }
    }),
    { numRuns: 60 },
  );
});

test('a link of any characters stays within its attribute', async () => {
  const linkTo = (href: string) =>
    layOutMail({
      locale: 'en-US',
      subject: 'Subject',
      heading: 'Heading',
      blocks: [{ kind: 'facts', facts: [{ label: 'Label', value: 'Value', href }] }],
      reason: 'Reason',
    });
  const { skeleton } = await readMail(page, htmlOf(linkTo('tel:1')));
  await fc.assert(
    fc.asyncProperty(anyName, async (href) => {
      const read = await readMail(page, htmlOf(linkTo(href)));
      expect(read.hrefs).toEqual([href, launch.privacyUrl]);
      expect(read.skeleton).toEqual(skeleton);
    }),
  );
});

test('a mail address in a link cannot add a subject, a copy or a second address', () => {
  for (const mailbox of ["o'neil&cc=a", 'a?subject=b', 'a,b', 'a%2Cb', 'é']) {
    const html = everyMail({ ...PERSON, email: `${mailbox}@example.com` }).get('lead')?.html ?? '';
    const href = /href="mailto:([^"]*)"/.exec(html)?.[1] ?? '';
    expect(href.replaceAll('&#39;', "'")).toMatch(/^[A-Za-z0-9%'._-]+@example\.com$/);
    expect(decodeURIComponent(href.replaceAll('&#39;', "'"))).toBe(`${mailbox}@example.com`);
  }
});

describe('buyer mails', () => {
  test('repeat nothing of the person where it is not needed, nor does the mail that closes a lead', () => {
    for (const [name, mail] of everyMail({ ...PERSON, givenName: 'Free-prize-at', familyName: 'evil.example' })) {
      if (!/^(confirmation|already|change|closed)/.test(name)) continue;
      expect(mail.subject + mail.text + mail.html).not.toMatch(/prize|evil|marie|3055550123|33131/i);
    }
  });

  test.each(LOCALES)('tell the number, time, model and store of a reservation in %s', (locale) => {
    const mail = everyMail().get(`receipt ${locale}`);
    expect(mail?.subject).toContain('ALP-7K3Q-9XTM');
    for (const fact of ['ALP-7K3Q-9XTM', '2:05', '2026', 'A110', STORE.name, 'UTC']) expect(mail?.text).toContain(fact);
  });

  test('call a store expected only for as long as nobody has confirmed it', () => {
    const notice = launch.dealerNotice['en-US'];
    const reservation = { model: 'a110', dealerId: STORE.id, locale: 'en-US', expiresAtSeconds: 1 } as const;
    const mail = { reservation, confirmToken: TOKEN, siteUrl: SITE_URL };
    expect(buildConfirmationMail({ ...mail, store: STORE }).html).toContain(notice);
    expect(buildConfirmationMail({ ...mail, store: { ...STORE, status: 'open' } }).html).not.toContain(notice);
  });

  test('refuse a store that is not the one of the reservation', () => {
    const reservation = { model: 'a110', dealerId: '1', locale: 'en-US', expiresAtSeconds: 1 } as const;
    const mail = { reservation, confirmToken: TOKEN, siteUrl: SITE_URL };
    expect(() => buildConfirmationMail({ ...mail, store: STORE })).toThrow('for store 1, not for 2157');
    expect(() => buildConfirmationMail({ ...mail, store: null })).toThrow(RangeError);
  });

  const held = {
    reservation: {
      number: 'ALP-7K3Q-9XTM',
      confirmedAt: '2026-11-23T14:05:09Z',
      person: PERSON,
      model: 'a110',
      dealerId: null,
      locale: 'en-US',
    },
    store: null,
    placeInLine: null,
    manageToken: TOKEN,
    unsubscribeToken: UNSUBSCRIBE_TOKEN,
    siteUrl: SITE_URL,
  } as const;
  const HELD_MAILS = { buildReceiptMail, buildChangeMail, buildAlreadyReservedMail };

  describe.each(Object.entries(HELD_MAILS))('%s', (_, build) => {
    test('refuses a token that a link or a header would have to escape', () => {
      for (const token of ['', 'a b', 'a"b', 'a\nb', 'a#b', 'a>b', 'a,b', 'a&b=c', 'é']) {
        expect(() => build({ ...held, manageToken: token })).toThrow(RangeError);
        expect(() => build({ ...held, unsubscribeToken: token })).toThrow(RangeError);
      }
      fc.assert(
        fc.property(anyUnprintable, (token) => {
          expect(() => build({ ...held, unsubscribeToken: token })).toThrow(RangeError);
        }),
      );
    });

    test('refuses a place in line without a store, and a store without one', () => {
      const reservation = { ...held.reservation, dealerId: STORE.id };
      expect(() => build({ ...held, placeInLine: 1 })).toThrow(RangeError);
      expect(() => build({ ...held, reservation, store: STORE })).toThrow(RangeError);
      expect(() => build({ ...held, reservation, store: STORE, placeInLine: 1 })).not.toThrow();
    });
  });

  test('tell a store that is withdrawn from one that receives the data', () => {
    const reservation = { ...held.reservation, dealerId: STORE.id };
    const textOf = (status: 'expected' | 'withdrawn') => {
      const store = { ...STORE, status };
      return buildReceiptMail({ ...held, reservation, store, placeInLine: 1 }).text.replace(/\s+/g, ' ');
    };
    expect(textOf('expected')).toContain(`${STORE.name} receives your name`);
    expect(textOf('withdrawn')).not.toContain('receives your name');
    expect(textOf('withdrawn')).toContain('from now on receives nothing about you');
  });

  test('refuse a first name that would add a line', () => {
    fc.assert(
      fc.property(anyUnprintable, (givenName) => {
        const reservation = { ...held.reservation, person: { ...PERSON, givenName } };
        expect(() => buildReceiptMail({ ...held, reservation })).toThrow(RangeError);
      }),
    );
  });

  test('about a confirmed reservation offer one click to end the news, in the order of RFC 8058, and no other mail does', () => {
    for (const [name, { headers = {} }] of everyMail()) {
      const offered = Object.entries(headers).filter(([header]) => header.startsWith('List-'));
      expect(offered, name).toEqual(
        /^(receipt|change|already)/.test(name)
          ? [
              ['List-Unsubscribe', `<${SITE_URL}/v1/reservation/unsubscribe?token=${UNSUBSCRIBE_TOKEN}>`],
              ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
            ]
          : [],
      );
      // SES takes printable ASCII, 996 characters with the name.
      for (const [header, value] of Object.entries(headers)) {
        expect(`${header}${value}`).toMatch(/^[\x20-\x7E]{1,996}$/);
      }
    }
  });

  test.each([
    ['en-US', `Your place in line at ${STORE.name}: 1,214`, /moves up when .* withdraws .* and back when/],
    ['es-US', `Su lugar en la fila de ${STORE.name}: 1,214`, /Avanza cuando .* se retira .* y retrocede cuando/],
  ] as const)('tell in %s the place in line and that it moves, where there is a store', (locale, place, moves) => {
    for (const kind of ['receipt', 'change', 'already reserved']) {
      const text = everyMail().get(`${kind} ${locale}`)?.text.replace(/\s+/g, ' ');
      expect(text).toContain(place);
      expect(text).toMatch(moves);
      expect(everyMail().get(`${kind} without a store ${locale}`)?.text).not.toMatch(
        /1,214|place in line at|lugar en la fila de/,
      );
    }
  });

  test.each([
    [
      'en-US',
      'Your reservation has changed',
      'choose another store or model, change your details',
      'withdraw at any time',
    ],
    ['es-US', 'Su reserva ha cambiado', 'elegir otro concesionario o modelo, cambiar sus datos', 'retirar la reserva'],
  ] as const)('tell in %s of a change, and what can be done there', (locale, heading, change, withdraw) => {
    expect(everyMail().get(`change ${locale}`)?.text).toContain(heading);
    for (const kind of ['receipt', 'change', 'already reserved']) {
      const text = everyMail().get(`${kind} ${locale}`)?.text.replace(/\s+/g, ' ');
      expect(text).toContain(change);
      expect(text).toContain(withdraw);
    }
  });
});
