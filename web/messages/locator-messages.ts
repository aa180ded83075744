import type { DealerStatus } from '../../shared/dealers/dealer.ts';
import type { Locale } from '../../shared/launch/launch.ts';

const english = {
  placeLabel: 'ZIP code, city or place',
  placeHint: '33324 or Miami, FL',
  placeMissing: 'Type a ZIP code or a city and state, for example 33324 or Miami, FL.',
  placesLabel: 'Suggested places',
  search: 'Search',
  radius: 'Within',
  unit: 'Unit',
  unitNames: { mi: 'miles', km: 'kilometers' },
  model: 'Model',
  anyModel: 'Any model',
  useLocation: 'Use my location',
  locating: 'Asking your browser for your location…',
  yourLocation: 'Your location',
  locationDenied: 'Your browser did not give us your location. Type a ZIP code or a city instead.',
  locationUnavailable: 'Your location could not be found. Type a ZIP code or a city instead.',
  searching: 'Searching…',
  searchingSlowly: 'Still searching. Your connection seems slow.',
  storesHeading: 'Stores',
  found: (count: number, radius: string, place: string) =>
    `${count} ${count === 1 ? 'store' : 'stores'} within ${radius} of ${place}`,
  foundMany: (count: number, radius: string, place: string) =>
    `The ${count} nearest stores within ${radius} of ${place}`,
  beyond: (count: number, radius: string, place: string) =>
    `No store within ${radius} of ${place}. ${count === 1 ? 'This is the nearest one' : `These are the nearest ${count}`}.`,
  noStores: 'No store is listed yet. You can still reserve, and choose a store later.',
  unknownPlace: (text: string) =>
    `We do not know “${text}”. Check the spelling, or type a ZIP code or a city and state.`,
  didYouMean: 'Did you mean',
  status: {
    expected: 'Expected to carry Alpine, not confirmed',
    confirmed: 'Confirmed to carry Alpine',
    open: 'Carries Alpine',
  } satisfies Record<Exclude<DealerStatus, 'withdrawn'>, string>,
  away: (distance: string) => `${distance} away`,
  awayAbout: (distance: string) => `about ${distance} away`,
  reserveHere: 'Reserve at this store',
  directions: 'Directions',
  website: 'Website',
  newTab: 'opens in a new tab',
  callNamed: (store: string, phone: string) => `Call ${store}: ${phone}`,
  reserveAnywhere: 'Reserve without choosing a store',
  backToStores: 'Back to the stores',
  loadingForm: 'Loading the form…',
  tryAgain: 'Try again',
  mapMissing: 'The map could not be loaded. The list has all stores.',
};

/** What the store search says. */
export type LocatorMessages = typeof english;

export const LOCATOR_MESSAGES: Readonly<Record<Locale, LocatorMessages>> = {
  'en-US': english,
  'es-US': {
    placeLabel: 'Código postal, ciudad o lugar',
    placeHint: '33324 o Miami, FL',
    placeMissing: 'Escriba un código postal o una ciudad y su estado, por ejemplo 33324 o Miami, FL.',
    placesLabel: 'Lugares sugeridos',
    search: 'Buscar',
    radius: 'A menos de',
    unit: 'Unidad',
    unitNames: { mi: 'millas', km: 'kilómetros' },
    model: 'Modelo',
    anyModel: 'Cualquier modelo',
    useLocation: 'Usar mi ubicación',
    locating: 'Pidiendo su ubicación al navegador…',
    yourLocation: 'Su ubicación',
    locationDenied: 'Su navegador no nos dio su ubicación. Escriba un código postal o una ciudad.',
    locationUnavailable: 'No se pudo encontrar su ubicación. Escriba un código postal o una ciudad.',
    searching: 'Buscando…',
    searchingSlowly: 'Seguimos buscando. Su conexión parece lenta.',
    storesHeading: 'Concesionarios',
    found: (count, radius, place) =>
      `${count} ${count === 1 ? 'concesionario' : 'concesionarios'} a menos de ${radius} de ${place}`,
    foundMany: (count, radius, place) => `Los ${count} concesionarios más cercanos, a menos de ${radius} de ${place}`,
    beyond: (count, radius, place) =>
      `No hay concesionarios a menos de ${radius} de ${place}. ${count === 1 ? 'Este es el más cercano' : `Estos son los ${count} más cercanos`}.`,
    noStores: 'Aún no hay concesionarios en la lista. De todos modos puede reservar y elegir uno más adelante.',
    unknownPlace: (text) =>
      `No conocemos «${text}». Revise la ortografía o escriba un código postal o una ciudad y su estado.`,
    didYouMean: 'Quizás quiso decir',
    status: {
      expected: 'Se espera que ofrezca Alpine, sin confirmar',
      confirmed: 'Confirmado para ofrecer Alpine',
      open: 'Ofrece Alpine',
    },
    away: (distance) => `a ${distance}`,
    awayAbout: (distance) => `a ${distance} aprox.`,
    reserveHere: 'Reservar aquí',
    directions: 'Cómo llegar',
    website: 'Sitio web',
    newTab: 'se abre en otra pestaña',
    callNamed: (store, phone) => `Llamar a ${store}: ${phone}`,
    reserveAnywhere: 'Reservar sin elegir concesionario',
    backToStores: 'Volver a los concesionarios',
    loadingForm: 'Cargando el formulario…',
    tryAgain: 'Intentar de nuevo',
    mapMissing: 'No se pudo cargar el mapa. La lista tiene todos los concesionarios.',
  },
};
