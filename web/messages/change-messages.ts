import type { Locale } from '../../shared/launch/launch.ts';

const english = {
  heading: 'Change your reservation',
  intro: 'Your number and the time of your confirmation stay, whatever you change.',
  back: 'Back without changing anything',
  storeHeading: 'Choose another store',
  keepStore: 'Back, and keep the store',
  chooseThis: 'Choose this store',
  noStoreYet: 'No store yet',
  noStore: 'No store yet. No store gets your details.',
  phoneHint: 'US number, for example (305) 555-0123. Leave it empty and we delete the number we have.',
  localeLabel: 'Language of our messages',
  consentsHint: 'Both are your choice. Your reservation stands without either.',
  loadingWords: 'Loading the words…',
  save: 'Save changes',
  saving: 'Saving…',
  savingSlowly: 'Still saving. Your connection seems slow: wait a moment, your answers are kept.',
  notSaved: 'Your changes were not saved',
  nothingChanged: 'Nothing is different yet. Change something first, or go back.',
  refused: 'We could not accept the change. Check your answers, then save again.',
  renewed: 'The words below were out of date and have been renewed. Read them again, then save.',
  storeUnlisted: 'This store cannot be chosen any more. Choose another, or choose “No store yet”.',
  whyStore: (store: string) =>
    `You agreed to calls and texts about ${store}. That does not carry over to another store: tick again if you agree.`,
  whyNoStore:
    'You agreed to calls and texts before you chose this store. That does not carry over: tick again if you agree.',
  whyNumber: (phone: string) =>
    `You agreed to calls and texts at ${phone}. That does not carry over to another number: tick again if you agree.`,
  whyOther:
    'You agreed to calls and texts for another store or number. That does not carry over: tick again if you agree.',
  whyWords: 'The words have changed since you ticked. Read them again, then tick what you agree to.',
  savedHeading: 'Your changes are saved',
  numberStays: (number: string, time: string) =>
    `Your number stays ${number}, and your time of confirmation stays ${time}: it decides your place in line.`,
  oldStoreTold: (store: string) => `We tell ${store} that you chose otherwise, and ask it to delete what it was sent.`,
  newStoreGets: (store: string) => `${store} gets your name, contact details and wishes.`,
  placeThere: (place: string, store: string) => `Your place in line at ${store} is ${place}.`,
  noStoreGets: 'No store gets your details until you choose one.',
  storeGetsAgain: (store: string) => `${store} gets your details again, as they are now.`,
  mailed: 'We mail you how your reservation stands now.',
  unchanged: 'It stood like that already: nothing had to be changed.',
};

/** What changing a reservation says besides the words of the reserve form. */
export type ChangeMessages = typeof english;

export const CHANGE_MESSAGES: Readonly<Record<Locale, ChangeMessages>> = {
  'en-US': english,
  'es-US': {
    heading: 'Cambiar su reserva',
    intro: 'Su número y la hora de su confirmación se mantienen, cambie lo que cambie.',
    back: 'Volver sin cambiar nada',
    storeHeading: 'Elija otro concesionario',
    keepStore: 'Volver y conservar el concesionario',
    chooseThis: 'Elegir este concesionario',
    noStoreYet: 'Aún sin concesionario',
    noStore: 'Aún sin concesionario. Ninguno recibe sus datos.',
    phoneHint: 'Número de EE. UU., por ejemplo (305) 555-0123. Déjelo vacío y borramos el número que tenemos.',
    localeLabel: 'Idioma de nuestros mensajes',
    consentsHint: 'Ambas opciones son voluntarias. Su reserva sigue en pie sin ninguna.',
    loadingWords: 'Cargando el texto…',
    save: 'Guardar los cambios',
    saving: 'Guardando…',
    savingSlowly: 'Seguimos guardando. Su conexión parece lenta: espere un momento, sus respuestas se conservan.',
    notSaved: 'Sus cambios no se guardaron',
    nothingChanged: 'Todavía no hay nada distinto. Cambie algo primero o vuelva.',
    refused: 'No pudimos aceptar el cambio. Revise sus respuestas y guárdelas de nuevo.',
    renewed: 'El texto de abajo estaba desactualizado y se renovó. Léalo de nuevo y guarde.',
    storeUnlisted: 'Este concesionario ya no se puede elegir. Elija otro o «Aún sin concesionario».',
    whyStore: (store) =>
      `Usted aceptó llamadas y mensajes sobre ${store}. Eso no vale para otro concesionario: marque de nuevo si está de acuerdo.`,
    whyNoStore:
      'Usted aceptó llamadas y mensajes antes de elegir este concesionario. Eso no vale ahora: marque de nuevo si está de acuerdo.',
    whyNumber: (phone) =>
      `Usted aceptó llamadas y mensajes al ${phone}. Eso no vale para otro número: marque de nuevo si está de acuerdo.`,
    whyOther:
      'Usted aceptó llamadas y mensajes para otro concesionario o número. Eso no vale ahora: marque de nuevo si está de acuerdo.',
    whyWords: 'El texto cambió desde que lo marcó. Léalo de nuevo y marque lo que acepte.',
    savedHeading: 'Sus cambios están guardados',
    numberStays: (number, time) =>
      `Su número sigue siendo ${number} y la hora de su confirmación, ${time}: esa hora decide su lugar en la fila.`,
    oldStoreTold: (store) => `Avisamos a ${store} de que usted eligió otra cosa y le pedimos que borre lo que recibió.`,
    newStoreGets: (store) => `${store} recibe su nombre, sus datos de contacto y sus preferencias.`,
    placeThere: (place, store) => `Su lugar en la fila de ${store} es el ${place}.`,
    noStoreGets: 'Ningún concesionario recibe sus datos hasta que elija uno.',
    storeGetsAgain: (store) => `${store} recibe sus datos de nuevo, tal como están ahora.`,
    mailed: 'Le enviamos por correo cómo queda su reserva.',
    unchanged: 'Ya estaba así: no hubo nada que cambiar.',
  },
};
