import * as z from 'zod/mini';
import { DealersAnswer, PlacesAnswer } from '../../shared/contract/dealers.ts';
import { FormAnswer, InterestAnswer, ReceiptAnswer, ReservationAnswer } from '../../shared/contract/interests.ts';
import { Problem } from '../../shared/contract/problem.ts';
import { consentText, currentWording, type Locale, launch } from '../../shared/launch/launch.ts';

// Every answer is parsed with the contract's schema: a stub that drifts from it fails here.

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
      location: { lat: 26.1, lng: -80.13 },
      locationAccuracy: index === 2 ? 'zip' : 'rooftop',
      ...(index === 0 && { phone: '+19545551234', url: 'https://stores.example/fort-lauderdale' }),
      models: launch.models.map((model) => model.id),
      distance: 8.3 + index * 4,
    })),
  });
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
  const wording = currentWording();
  return z.parse(FormAnswer, {
    locale,
    launchNotice: launch.launchNotice[locale],
    models: launch.models.map(({ id, name, description, expected }) => ({
      id,
      name: name[locale],
      description: description[locale],
      expected: expected[locale],
    })),
    timeframes: launch.timeframes.map(({ id, label }) => ({ id, label: label[locale] })),
    consents: (['email', 'phone'] as const).map((id) => ({
      id,
      version: wording.version,
      text: wording.consents[id][locale],
    })),
    anyStore: launch.anyStore[locale],
    privacyUrl: launch.privacyUrl,
    formToken,
  });
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
    consents: (['email', 'phone'] as const).map((id) => ({
      id,
      granted: id === 'email',
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
