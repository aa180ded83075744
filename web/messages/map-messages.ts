import type { Locale } from '../../shared/launch/launch.ts';

const english = {
  map: 'Map of the stores',
  help: 'Drag the map, or click a place to bring it to the middle. With the keyboard: arrows move it, plus and minus zoom, zero shows all stores.',
  pins: 'Stores on the map',
  pin: (number: string, store: string, distance: string) => `${number}. ${store}, ${distance}`,
  origin: (place: string) => `Searched here: ${place}`,
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  reset: 'Show all stores',
  originOffMap: (place: string) => `${place} is not on this map: it shows the 50 states.`,
  storesOffMap: (count: number) =>
    count === 1
      ? 'One store is not on this map, which shows the 50 states. The list has it.'
      : `${count} stores are not on this map, which shows the 50 states. The list has them.`,
  sources: 'US Census Bureau, GeoNames',
};

/** What the map says. */
export type MapMessages = typeof english;

export const MAP_MESSAGES: Readonly<Record<Locale, MapMessages>> = {
  'en-US': english,
  'es-US': {
    map: 'Mapa de los concesionarios',
    help: 'Arrastre el mapa o pulse un lugar para llevarlo al centro. Con el teclado: las flechas lo mueven, más y menos cambian la escala, cero muestra todos los concesionarios.',
    pins: 'Concesionarios en el mapa',
    pin: (number, store, distance) => `${number}. ${store}, ${distance}`,
    origin: (place) => `Lugar buscado: ${place}`,
    zoomIn: 'Acercar',
    zoomOut: 'Alejar',
    reset: 'Mostrar todos los concesionarios',
    originOffMap: (place) => `${place} no está en este mapa, que muestra los 50 estados.`,
    storesOffMap: (count) =>
      count === 1
        ? 'Un concesionario no está en este mapa, que muestra los 50 estados. Está en la lista.'
        : `${count} concesionarios no están en este mapa, que muestra los 50 estados. Están en la lista.`,
    sources: 'Censo de EE. UU., GeoNames',
  },
};
