import * as z from 'zod/mini';
import { DealerAnswer, DealersAnswer, PlacesAnswer } from '../../shared/contract/dealers.ts';
import {
  type ChangeBody,
  FormAnswer,
  InterestAnswer,
  ReceiptAnswer,
  ReservationAnswer,
} from '../../shared/contract/interests.ts';
import { AcknowledgementAnswer } from '../../shared/contract/leads.ts';
import { Problem } from '../../shared/contract/problem.ts';
import { formAnswer as builtFormAnswer } from '../../shared/launch/form-answer.ts';
import { consentText, currentWording, type Locale, launch } from '../../shared/launch/launch.ts';

// Every answer is parsed with the contract's schema: a stub that drifts from it fails here.

/** Where the stores lie; two of them at one place, as stores placed by their ZIP are. */
const PLACES = [
  { lat: 26.0995, lng: -80.1368 },
  { lat: 25.9881, lng: -80.3404 },
  { lat: 26.0995, lng: -80.1368 },
  { lat: 26.2445, lng: -80.2064 },
  { lat: 25.7332, lng: -80.2556 },
  { lat: 26.7056, lng: -80.1164 },
  { lat: 25.6903, lng: -80.3123 },
  { lat: 26.3683, lng: -80.1289 },
  { lat: 26.1368, lng: -81.7954 },
  { lat: 27.1973, lng: -80.2528 },
];

/** Stores near Plantation, Florida, the `count` nearest. */
export function dealersAnswer(
  options: { count?: number; beyondRadius?: boolean; label?: string; radius?: number } = {},
) {
  const { count = 3, beyondRadius = false, label = 'Plantation, FL 33324', radius = 100 } = options;
  const stores = ['Mercedes-Benz of Fort Lauderdale', 'AutoNation Audi Pembroke Pines', 'Land Rover Fort Lauderdale'];
  return z.parse(DealersAnswer, {
    origin: { label, lat: 26.1123, lng: -80.2639 },
    radius,
    unit: 'mi',
    beyondRadius,
    dealers: Array.from({ length: count }, (_, index) => ({
      id: `store-${index + 1}`,
      name: stores[index] ?? `Store ${index + 1}`,
      status: 'expected',
      address: { street: `${index + 1}00 South Federal Highway`, city: 'Fort Lauderdale', state: 'FL', zip: '33316' },
      location: PLACES[index % PLACES.length],
      locationAccuracy: index === 2 ? 'zip' : 'rooftop',
      ...(index === 0 && { phone: '+19545551234', url: 'https://stores.example/fort-lauderdale' }),
      models: launch.models.map((model) => model.id),
      distance: 8.3 + index * 4,
    })),
  });
}

/** One of those stores, by its id. */
export function dealerAnswer(id: string) {
  const found = dealersAnswer().dealers.find((dealer) => dealer.id === id);
  if (found === undefined) throw new RangeError(`no store ${id}`);
  const { distance: _, ...dealer } = found;
  return z.parse(DealerAnswer, dealer);
}

export function placesAnswer() {
  return z.parse(PlacesAnswer, {
    places: [
      { label: 'Miami, FL', near: 'Miami, FL', lat: 25.76, lng: -80.19 },
      { label: 'Miami Beach, FL', near: 'Miami Beach, FL', lat: 25.79, lng: -80.13 },
      { label: 'Miami Gardens, FL', near: 'Miami Gardens, FL', lat: 25.94, lng: -80.25 },
    ],
  });
}

/** The launch wording as it is now. */
export function formAnswer(locale: Locale, formToken = 'form-token') {
  return z.parse(FormAnswer, builtFormAnswer(locale, formToken));
}

export function interestAnswer() {
  return z.parse(InterestAnswer, { status: 'confirmation-sent' });
}

const receipt = {
  number: 'ALP-7K3Q-9XTM',
  status: 'confirmed',
  confirmedAt: '2026-11-23T14:05:09.123Z',
  model: 'a110',
  dealer: { id: 'store-1', name: 'Mercedes-Benz of Fort Lauderdale' },
  placeInLine: { store: 14 },
};

export function receiptAnswer() {
  return z.parse(ReceiptAnswer, { ...receipt, manageToken: 'manage-token' });
}

export function reservationAnswer(locale: Locale) {
  return z.parse(ReservationAnswer, {
    ...receipt,
    person: {
      email: 'ana@example.com',
      givenName: 'Ana',
      familyName: 'Ruiz',
      phone: '+13055550123',
      zip: '33324',
    },
    timeframe: '0-6-months',
    locale,
    disposableAddress: false,
    consents: (['email', 'phone'] as const).map((id) => ({
      id,
      granted: id === 'email',
      ...(id === 'phone' && { phone: '+13055550123' }),
      text: consentText(currentWording(), id, locale, receipt.dealer.name),
      version: currentWording().version,
      locale,
      at: '2026-11-23T14:01:00Z',
      page: 'https://alpine.example/',
      globalPrivacyControl: false,
    })),
    history: [
      { at: '2026-11-23T14:01:00Z', event: 'submitted' },
      { at: '2026-11-23T14:05:09.123Z', event: 'confirmed' },
    ],
  });
}

/** The reservation with a consent to calls at its store and number. */
export function callableAnswer(locale: Locale) {
  const held = reservationAnswer(locale);
  return { ...held, consents: held.consents.map((consent) => ({ ...consent, granted: true })) };
}

/** What the API answers to a change: what is asked for is taken over, the rest stays. */
export function changedAnswer(held: ReservationAnswer, body: ChangeBody) {
  const { dealerId, model, phone, zip, timeframe, locale, consents } = body;
  const { phone: heldPhone, ...person } = held.person;
  const at = '2026-11-24T09:00:00Z';
  const nextPhone = phone === undefined ? heldPhone : (phone ?? undefined);
  const store = dealersAnswer().dealers.find(({ id }) => id === dealerId);
  const dealer = dealerId === undefined ? held.dealer : store === undefined ? null : { id: store.id, name: store.name };
  const nextLocale = locale ?? held.locale;
  return z.parse(ReservationAnswer, {
    ...held,
    dealer,
    placeInLine: dealer === null ? null : dealerId === undefined ? held.placeInLine : { store: 3 },
    model: model ?? held.model,
    person: { ...person, ...(nextPhone !== undefined && { phone: nextPhone }), zip: zip ?? person.zip },
    timeframe: timeframe === undefined ? held.timeframe : timeframe,
    locale: nextLocale,
    consents: [
      ...held.consents,
      ...(['email', 'phone'] as const)
        .filter((id) => consents?.[id] !== undefined)
        .map((id) => ({
          id,
          granted: consents?.[id],
          ...(id === 'phone' && nextPhone !== undefined && { phone: nextPhone }),
          text: consentText(currentWording(), id, nextLocale, dealer?.name ?? launch.anyStore[nextLocale]),
          version: consents?.version,
          locale: nextLocale,
          at,
          globalPrivacyControl: false,
        })),
    ],
    history: [...held.history, { at, event: 'changed' }],
  });
}

/** A lead of that store's that has been acknowledged. */
export function acknowledgementAnswer(times: Pick<AcknowledgementAnswer, 'createdAt' | 'acknowledgedAt'>) {
  return z.parse(AcknowledgementAnswer, { reservationNumber: receipt.number, dealer: receipt.dealer, ...times });
}

/** A refusal: its status, and the fields or suggestions it names. */
export function problem(status: number, more: Partial<Pick<Problem, 'errors' | 'suggestions'>> = {}) {
  return z.parse(Problem, {
    type: 'about:blank',
    title: `Status ${status}`,
    status,
    detail: 'As the API says it.',
    instance: 'request-1',
    ...more,
  });
}
