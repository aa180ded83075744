import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import { createButton, createElement } from '../client/create-element.ts';
import { formatPhone } from '../client/format.ts';
import type { ChangeMessages } from '../messages/change-messages.ts';
import { consentFields } from '../widget/interest-fields.ts';
import { usPhone } from '../widget/interest-values.ts';
import { type ChangeValues, type ConsentId, type ConsentWords, lapseOf, ticksOf } from './change-values.ts';

/** What the words depend on. */
interface Context {
  readonly words: ConsentWords;
  readonly storeId: string | undefined;
  readonly phone: string | undefined;
}

function sameContact(a: Context, b: Context): boolean {
  return a.storeId === b.storeId && a.phone === b.phone;
}

/** The two consents of a form for a change: a box each, and why one that was ticked no longer is. */
export class ConsentChoices {
  readonly element = createElement('div');
  readonly #reservation: ReservationAnswer;
  readonly #messages: ChangeMessages;
  readonly #idPrefix: string;
  readonly #onAnswer: () => void;
  readonly #announce: (text: string) => void;
  #answers: Partial<Record<ConsentId, boolean>>;
  #words: ConsentWords | undefined;
  /** What the boxes stood under last; a tick counts for that alone. */
  #context: Context | undefined;
  #why = '';

  /**
   * @param answers what the buyer has done to the boxes before, under the same words
   * @param announce says to screen readers why a box is not ticked any more
   */
  constructor(
    reservation: ReservationAnswer,
    messages: ChangeMessages,
    idPrefix: string,
    answers: ChangeValues['answers'],
    onAnswer: () => void,
    announce: (text: string) => void,
  ) {
    this.#reservation = reservation;
    this.#messages = messages;
    this.#idPrefix = idPrefix;
    this.#answers = { ...answers };
    this.#onAnswer = onAnswer;
    this.#announce = announce;
  }

  /** What the buyer has done to the boxes; nothing while none stand there. */
  get answers(): ChangeValues['answers'] {
    return { ...this.#answers };
  }

  /** The words that stand there, or `undefined` while they are loading. */
  get words(): ConsentWords | undefined {
    return this.#words;
  }

  /**
   * Shows the boxes for what stands in the form. A box left alone is ticked as far as the consent holds; a tick under
   * other words is taken back, and a box that was emptied stays empty.
   */
  show(values: Omit<ChangeValues, 'answers'>, words: ConsentWords): void {
    const context = { words, storeId: values.store?.id, phone: usPhone(values.phone) };
    const before = this.#context;
    if (before !== undefined && this.#words === words && sameContact(before, context)) return;
    const dropped = before !== undefined && this.#takeBackTicks(before, context);
    this.#context = context;
    this.#words = words;
    const now = { ...values, answers: this.#answers };
    const ticks = ticksOf(this.#reservation, now, words);
    const fields = consentFields(words, values.store?.name, this.#idPrefix);
    for (const { id, field } of fields) {
      field.input.checked = ticks[id];
      field.input.addEventListener('change', () => {
        this.#answers[id] = field.input.checked;
        this.#onAnswer();
      });
    }
    for (const { field } of fields) field.element.lang = words.locale;
    const why = this.#reason(now, words) || (dropped ? this.#messages.whyWords : '');
    const reason = why === '' ? [] : [createElement('p', { class: 'adl-why' }, why)];
    this.element.replaceChildren(
      ...fields.flatMap(({ id, field }) => (id === 'phone' ? [...reason, field.element] : [field.element])),
    );
    // Once, not with every key of a new number.
    if (why !== this.#why) this.#announce(why);
    this.#why = why;
  }

  /** While the words of another language come. */
  showLoading(): void {
    this.#words = undefined;
    this.element.replaceChildren(createElement('p', { class: 'adl-hint' }, this.#messages.loadingWords));
  }

  /** The words did not come: nothing can be answered until they have. */
  showFailure(text: string, tryAgain: string, retry: () => void): void {
    this.element.replaceChildren(
      createElement('p', { class: 'adl-fault', role: 'alert' }, text),
      createButton(tryAgain, 'adl-secondary', retry),
    );
  }

  /** Takes back the ticks given under words, or for a store or number, that have changed. @returns whether there was one */
  #takeBackTicks(before: Context, now: Context): boolean {
    const sameWords = JSON.stringify(before.words.consents) === JSON.stringify(now.words.consents);
    const ended: readonly ConsentId[] = [
      ...(sameWords ? [] : (['email'] as const)),
      ...(sameWords && sameContact(before, now) ? [] : (['phone'] as const)),
    ];
    const ticked = ended.filter((id) => this.#answers[id] === true);
    for (const id of ticked) delete this.#answers[id];
    return ticked.length > 0;
  }

  #reason(values: ChangeValues, words: ConsentWords): string {
    const { whyStore, whyNoStore, whyNumber, whyOther } = this.#messages;
    const { dealer, person } = this.#reservation;
    // An own answer needs no reason.
    if (this.#answers.phone === true) return '';
    switch (lapseOf(this.#reservation, values, words)) {
      case 'store':
        return dealer === null ? whyNoStore : whyStore(dealer.name);
      case 'number':
        return person.phone === undefined ? whyOther : whyNumber(formatPhone(person.phone));
      case 'other':
        return whyOther;
      case undefined:
        return '';
    }
  }
}
