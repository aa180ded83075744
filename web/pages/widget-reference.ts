/** What a host page may say to the widget and hear of it. A test holds it against the element's own docstring. */
export const WIDGET_ATTRIBUTES = [
  {
    name: 'near',
    values: 'ZIP, “City, ST” or lat,lng',
    meaning: 'A place to search at once. Without one, the reader searches.',
  },
  {
    name: 'radius',
    values: '1 to 500, in unit; default 100',
    meaning: 'How far to look. When nothing lies within it, the nearest stores are shown, and why.',
  },
  { name: 'unit', values: 'mi (default) or km', meaning: 'Of the radius and of the distances shown.' },
  {
    name: 'model',
    values: 'a model id, as in GET /v1/form',
    meaning: 'Shows only stores expected to carry it, and chooses it in the form.',
  },
  {
    name: 'store',
    values: 'a store id',
    meaning: 'Opens the reservation for this store at once: for links from a store’s page.',
  },
  { name: 'locale', values: 'en-US or es-US', meaning: 'The language. Default: by the lang of the page around it.' },
  { name: 'theme', values: 'light or dark', meaning: 'Default: what the reader’s system asks for.' },
  { name: 'api', values: 'an origin', meaning: 'Where the API lives. Default: where the script came from.' },
] as const;

export const WIDGET_EVENTS = [
  { name: 'dealer-search', detail: '{ radius, unit, storeCount, beyondRadius }', meaning: 'A search was answered.' },
  {
    name: 'dealer-select',
    detail: '{ dealerId }',
    meaning: 'A store was chosen to reserve at; null: none, on purpose.',
  },
  {
    name: 'reservation-submitted',
    detail: '{ dealerId, model }',
    meaning: 'A reservation was asked for. It counts when the reader confirms it by mail.',
  },
] as const;

export const WIDGET_PROPERTIES = [
  { name: '--alpine-accent', meaning: 'Buttons, links, focus' },
  { name: '--alpine-on-accent', meaning: 'Text on the accent' },
  { name: '--alpine-surface', meaning: 'Background' },
  { name: '--alpine-field', meaning: 'Background of fields' },
  { name: '--alpine-text', meaning: 'Text' },
  { name: '--alpine-muted', meaning: 'Text of less weight' },
  { name: '--alpine-line', meaning: 'Rules between stores' },
  { name: '--alpine-danger', meaning: 'Faults' },
  { name: '--alpine-font', meaning: 'Font family' },
  { name: '--alpine-radius', meaning: 'Corners' },
] as const;

export const WIDGET_PARTS = [
  { name: 'stores', meaning: 'The list of stores' },
  { name: 'store', meaning: 'One store in it' },
] as const;
