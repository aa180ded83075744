import type { Locale } from '../../shared/launch/launch.ts';

const english = {
  skip: 'Skip to the content',
  language: 'Language',
  site: 'Site',
  finder: 'Find a store',
  allStores: 'All stores',
  privacy: 'Privacy',
  homeTitle: 'Alpine: find a store near you',
  homeDescription:
    'Find the store near you that is expected to carry Alpine, and reserve your interest. No payment, no obligation.',
  homeHeading: 'Find a store near you',
  homeIntro: 'See which stores are expected to carry Alpine, and reserve your interest. No payment, no obligation.',
  homeWithoutScript: 'This works without JavaScript. Reserving does not: turn it on, or use another browser.',
  findTitle: 'Find a store expected to carry Alpine',
  findTitleNear: (place: string) => `Stores expected to carry Alpine near ${place}`,
  findDescription: 'Search by ZIP code or city for the stores near you that are expected to carry Alpine.',
  findIntro: 'Type a ZIP code or a city and state.',
  place: 'ZIP code, or city and state',
  placeExample: 'For example 33324 or Miami, FL',
  model: 'Model',
  anyModel: 'Any model',
  search: 'Search',
  storesTitle: 'All stores expected to carry Alpine',
  storesDescription: (count: number) => `The ${count} US stores that are expected to carry Alpine, by state.`,
  storesIntro: (count: number) =>
    count === 1 ? 'One store is expected to carry Alpine.' : `${count} stores are expected to carry Alpine.`,
  states: 'States',
  noStores: 'No store is listed yet. You can still reserve, and choose a store later.',
  storeDescription: (name: string, city: string, status: string) =>
    `${name} in ${city}. ${status}. See the models expected, the way there and the nearest other stores, and reserve your interest.`,
  address: 'Address',
  phone: 'Phone',
  website: 'Website',
  modelsHeading: 'Models expected at this store',
  nearestHeading: 'Nearest other stores',
  moreNear: (zip: string) => `More stores near ${zip}`,
  reserve: 'Reserve your interest at this store',
  reserveNote: 'No payment, no obligation. You can change the store later.',
  reserveWithoutScript: 'To reserve, your browser needs JavaScript: turn it on, or open this page in another browser.',
  approximate: 'Distances are approximate: this store’s place is known by its ZIP code only.',
  unknownHeading: 'There is no page at this address',
  unknown: 'It may have been moved or mistyped. Find a store, or look at all of them.',
  unknownStoreHeading: 'We do not list this store',
  unknownStore: 'The address may be mistyped. Find a store near you, or look at all of them.',
  withdrawnHeading: 'This store is no longer listed',
  withdrawn:
    'It is no longer expected to carry Alpine. If you reserved here, the link in your mail lets you choose another store.',
  methodHeading: 'This page can only be read',
  method: 'Nothing was sent or stored. Go back and try again, or find a store.',
  faultHeading: 'Something went wrong on our side',
  fault: 'Please try again in a moment.',
  faultNumber: (requestId: string) => `If it stays so, tell us this number: ${requestId}`,
};

/** What the pages say that no script has to make. */
export type PageMessages = typeof english;

export const PAGE_MESSAGES: Readonly<Record<Locale, PageMessages>> = {
  'en-US': english,
  'es-US': {
    skip: 'Ir al contenido',
    language: 'Idioma',
    site: 'Sitio',
    finder: 'Buscar un concesionario',
    allStores: 'Todos los concesionarios',
    privacy: 'Privacidad',
    homeTitle: 'Alpine: encuentre un concesionario',
    homeDescription:
      'Encuentre el concesionario cercano que se espera que ofrezca Alpine y reserve su interés. Sin pago y sin compromiso.',
    homeHeading: 'Encuentre un concesionario',
    homeIntro: 'Vea qué concesionarios se espera que ofrezcan Alpine y reserve su interés. Sin pago y sin compromiso.',
    homeWithoutScript: 'Esta búsqueda funciona sin JavaScript. Reservar, no: actívelo o use otro navegador.',
    findTitle: 'Encuentre un concesionario que se espera que ofrezca Alpine',
    findTitleNear: (place) => `Concesionarios que se espera que ofrezcan Alpine cerca de ${place}`,
    findDescription: 'Busque por código postal o ciudad los concesionarios cercanos que se espera que ofrezcan Alpine.',
    findIntro: 'Escriba un código postal, o una ciudad y su estado.',
    place: 'Código postal, o ciudad y estado',
    placeExample: 'Por ejemplo, 33324 o Miami, FL',
    model: 'Modelo',
    anyModel: 'Cualquier modelo',
    search: 'Buscar',
    storesTitle: 'Todos los concesionarios que se espera que ofrezcan Alpine',
    storesDescription: (count) =>
      `Los ${count} concesionarios de EE. UU. que se espera que ofrezcan Alpine, por estado.`,
    storesIntro: (count) =>
      count === 1
        ? 'Se espera que un concesionario ofrezca Alpine.'
        : `Se espera que ${count} concesionarios ofrezcan Alpine.`,
    states: 'Estados',
    noStores: 'Aún no hay concesionarios en la lista. De todos modos puede reservar y elegir uno más adelante.',
    storeDescription: (name, city, status) =>
      `${name} en ${city}. ${status}. Vea los modelos previstos, cómo llegar y los concesionarios más cercanos, y reserve su interés.`,
    address: 'Dirección',
    phone: 'Teléfono',
    website: 'Sitio web',
    modelsHeading: 'Modelos previstos en este concesionario',
    nearestHeading: 'Otros concesionarios cercanos',
    moreNear: (zip) => `Más concesionarios cerca de ${zip}`,
    reserve: 'Reserve su interés en este concesionario',
    reserveNote: 'Sin pago y sin compromiso. Puede cambiar de concesionario más adelante.',
    reserveWithoutScript:
      'Para reservar, su navegador necesita JavaScript: actívelo o abra esta página en otro navegador.',
    approximate: 'Las distancias son aproximadas: el lugar de este concesionario solo se conoce por su código postal.',
    unknownHeading: 'No hay ninguna página en esta dirección',
    unknown: 'Puede que se haya movido o que tenga un error. Busque un concesionario o véalos todos.',
    unknownStoreHeading: 'Este concesionario no está en nuestra lista',
    unknownStore: 'Puede que la dirección tenga un error. Busque un concesionario cercano o véalos todos.',
    withdrawnHeading: 'Este concesionario ya no está en la lista',
    withdrawn:
      'Ya no se espera que ofrezca Alpine. Si reservó aquí, con el enlace de su correo puede elegir otro concesionario.',
    methodHeading: 'Esta página solo puede leerse',
    method: 'No se envió ni se guardó nada. Vuelva atrás e inténtelo de nuevo, o busque un concesionario.',
    faultHeading: 'Algo falló de nuestro lado',
    fault: 'Inténtelo de nuevo en un momento.',
    faultNumber: (requestId) => `Si continúa, díganos este número: ${requestId}`,
  },
};
