import type { Locale } from '../../shared/launch/launch.ts';

/** The languages by the names that their speakers give them. */
export const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { 'en-US': 'English', 'es-US': 'Español' };
