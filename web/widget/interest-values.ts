import type { InterestBody } from '../../shared/contract/interests.ts';
import type { ReserveField } from '../messages/reserve-messages.ts';

/** A model that nobody has chosen, as the contract names it; `launch.ts` itself would weigh too much here. */
export const UNDECIDED = 'undecided';

/** What stands in the form, as typed. */
export interface InterestValues {
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly phone: string;
  readonly zip: string;
  readonly model: string;
  /** Empty: not said. */
  readonly timeframe: string;
  readonly adult: boolean;
  readonly usResident: boolean;
  readonly emailConsent: boolean;
  readonly phoneConsent: boolean;
  /** The trap for robots. */
  readonly trap: string;
}

/** A field that is wrong, and whether it is missing only because calls and texts are allowed. */
export interface Fault {
  readonly field: ReserveField;
  readonly neededForCalls?: true;
}

/**
 * A US phone number in E.164, from any of the ways people write one: `305.555.0123`, `+1 (305) 555-0123`.
 *
 * @returns `undefined` when it is not a US number
 */
export function usPhone(typed: string): string | undefined {
  if (!/^\+?[\d\s().\-/]+$/.test(typed.trim())) return undefined;
  const digits = typed.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  return /^[2-9]\d{2}[2-9]\d{6}$/.test(digits) ? `+1${digits}` : undefined;
}

/** What is wrong with where someone lives and may be called. */
export function contactFaultsOf({
  zip,
  phone,
  phoneConsent,
}: Pick<InterestValues, 'zip' | 'phone' | 'phoneConsent'>): readonly Fault[] {
  const faults: Fault[] = [];
  if (!/^\d{5}(-\d{4})?$/.test(zip.trim())) faults.push({ field: 'zip' });
  if (phone.trim() !== '') {
    if (usPhone(phone) === undefined) faults.push({ field: 'phone' });
  } else if (phoneConsent) {
    faults.push({ field: 'phone', neededForCalls: true });
  }
  return faults;
}

/** What can be seen to be wrong before sending, in the form's order. The API has the last word. */
export function faultsOf(values: InterestValues): readonly Fault[] {
  const faults: Fault[] = [];
  const isName = (name: string) => name.trim() !== '' && [...name.trim()].length <= 50;
  if (!isName(values.givenName)) faults.push({ field: 'givenName' });
  if (!isName(values.familyName)) faults.push({ field: 'familyName' });
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(values.email.trim())) faults.push({ field: 'email' });
  faults.push(...contactFaultsOf(values));
  if (!values.adult) faults.push({ field: 'adult' });
  if (!values.usResident) faults.push({ field: 'usResident' });
  return faults;
}

const FIELD_OF_POINTER: Readonly<Record<string, ReserveField>> = {
  '#/givenName': 'givenName',
  '#/familyName': 'familyName',
  '#/email': 'email',
  '#/phone': 'phone',
  '#/zip': 'zip',
  '#/model': 'model',
  '#/timeframe': 'timeframe',
  '#/dealerId': 'dealerId',
  '#/attestations/adult': 'adult',
  '#/attestations/usResident': 'usResident',
};

/** The form's fields among what the API refused (`#/email`), each once. */
export function faultsOfPointers(pointers: readonly string[]): readonly Fault[] {
  const fields = pointers.map((pointer) => FIELD_OF_POINTER[pointer]).filter((field) => field !== undefined);
  return [...new Set(fields)].map((field) => ({ field }));
}

/** Whether the API refused what it issued with the form (token, wording): only a new form helps. */
export function needsNewForm(pointers: readonly string[]): boolean {
  return pointers.some((pointer) => pointer === '#/formToken' || pointer.startsWith('#/consents'));
}

/** What the form is sent with besides what was typed. */
export interface InterestContext {
  readonly dealerId: string | null;
  readonly locale: InterestBody['locale'];
  readonly consentVersion: string;
  readonly formToken: string;
  readonly pageUrl: string;
}

/**
 * The body to send. Call it only for values without faults.
 *
 * @throws RangeError when an attestation is not ticked: only a person may make it true
 */
export function interestBody(values: InterestValues, context: InterestContext): InterestBody {
  const { adult, usResident } = values;
  if (!adult || !usResident) throw new RangeError(`attestations must be ticked, got ${adult} and ${usResident}`);
  const phone = usPhone(values.phone);
  const source = sourceOf(context.pageUrl);
  return {
    email: values.email.trim(),
    givenName: values.givenName.trim(),
    familyName: values.familyName.trim(),
    ...(phone !== undefined && { phone }),
    zip: values.zip.trim(),
    model: values.model,
    dealerId: context.dealerId,
    ...(values.timeframe !== '' && { timeframe: values.timeframe }),
    locale: context.locale,
    consents: { email: values.emailConsent, phone: values.phoneConsent, version: context.consentVersion },
    attestations: { adult, usResident },
    ...(source !== undefined && { source }),
    formToken: context.formToken,
    company: values.trap,
  };
}

/** The page with the form, without query and fragment (they may say who reads it), and its `utm_campaign`. */
function sourceOf(pageUrl: string): InterestBody['source'] {
  const url = URL.parse(pageUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const page = url.origin + url.pathname;
  const campaign = url.searchParams.get('utm_campaign');
  return {
    ...(page.length <= 500 && { page }),
    ...(campaign !== null && /^[A-Za-z0-9._-]{1,60}$/.test(campaign) && { campaign }),
  };
}

/**
 * Keys for sending: the same one as long as the content is the same, so that a retry after a lost answer acts once, and
 * a new one as soon as anything is changed.
 */
export function keyForContent(newKey: () => string): (content: string) => string {
  let last: { readonly content: string; readonly key: string } | undefined;
  return (content) => {
    if (last?.content !== content) last = { content, key: newKey() };
    return last.key;
  };
}
