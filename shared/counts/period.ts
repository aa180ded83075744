// Times of counting are UTC, as text that sorts: a day `2026-11-25`, a month `2026-11`.

export const monthOf = (day: string): string => day.slice(0, 7);

/** The Monday that begins a day's week (ISO 8601). */
export function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
