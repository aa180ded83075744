/** A form sent back sooner was not read by a person. */
export const YOUNGEST_FORM_MS = 2_000;
/** A form left open longer is to be loaded again. */
export const OLDEST_FORM_MS = 24 * 3600 * 1000;
