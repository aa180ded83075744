import type { ReservationAnswer } from '../../shared/contract/interests.ts';
import { formAnswer, reservationAnswer } from './stub-answers.ts';
import { reservationAnswers, type Visit } from './stub-site.ts';
import type { useSite } from './use-site.ts';

export const main = ({ page }: Visit) => page.getByRole('main');
export const save = ({ page }: Visit) => page.getByRole('button', { name: 'Save changes' });
export const saved = ({ page }: Visit) => page.locator('h2:focus').getByText('Your changes are saved');
export const summary = ({ page }: Visit) => page.locator('.adl-summary');
export const email = ({ page }: Visit) => page.locator('#change-consent-email');
export const calls = ({ page }: Visit) => page.locator('#change-consent-phone');
export const changes = ({ requests }: Visit) =>
  requests.filter((request) => request.method() === 'PATCH').map((request) => request.postDataJSON());
export const version = formAnswer('en-US').consents[0]?.version;

/** The form for a change of a reservation; the page is opened by the link in the mail. */
export async function openChangeForm(
  site: ReturnType<typeof useSite>,
  reservation: ReservationAnswer = reservationAnswer('en-US'),
): Promise<Visit> {
  const visit = await site.open('/reservation/');
  for (const [operation, answering] of Object.entries(reservationAnswers(reservation)))
    visit.answer(operation, answering);
  await visit.page.evaluate(() => {
    location.hash = '#manage=manage-token';
  });
  const button = { 'en-US': 'Change my reservation', 'es-US': 'Cambiar mi reserva' }[reservation.locale];
  await visit.page.getByRole('button', { name: button }).click();
  await visit.page.locator('h1:focus').waitFor();
  await calls(visit).waitFor();
  return visit;
}

/** Goes to the stores and takes one. */
export async function chooseStore({ page }: Visit, name: string): Promise<void> {
  await page.getByRole('button', { name: /^(Change|Choose a) store$/ }).click();
  await page.getByRole('button', { name: `Choose this store: ${name}` }).click();
  await page.locator('.adl-store:focus').getByText(name).waitFor();
}
