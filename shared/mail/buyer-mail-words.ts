import { type Locale, launch } from '../launch/launch.ts';

const ENGLISH = {
  model: 'Model',
  store: 'Store',
  noStore: 'None chosen yet',
  number: 'Reservation number',
  confirmed: 'Confirmed',
  place: (store: string) => `Your place in line at ${store}`,
  placeMoves:
    'As of this mail. It moves up when someone before you withdraws or goes to another store, and back when someone who confirmed before you comes to this one.',
  withStore: (store: string) =>
    `${store} receives your name, contact details and wishes, and may write to you about them. It may call or text you only if you agreed to that.`,
  withWithdrawnStore: (store: string) =>
    `${store} is no longer on our list, and from now on receives nothing about you. You can choose another store.`,
  withoutStore: 'You have not chosen a store, so no store receives your name or contact details.',
  interestOnly:
    'A reservation of interest costs nothing and obliges you to nothing. It is no order, and it promises no car, price or date.',
  confirm: {
    subject: `Please confirm your interest in ${launch.make}`,
    heading: 'Please confirm that this was you',
    opening: `Someone, we hope it was you, reserved an interest in ${launch.make} with this e-mail address. This is what was asked for:`,
    button: 'Confirm my interest',
    deadline: (until: string) =>
      `The link works until ${until}. Once you have confirmed, you get a reservation number, and the time of your confirmation decides your place in line.`,
    notYou:
      'If it was not you, ignore this mail. Without your confirmation nothing is reserved, no store learns of it, and what was entered is deleted.',
    reason: (site: string) => `You get this mail because this address was entered in the form at ${site}.`,
  },
  receipt: {
    subject: (number: string) => `Your ${launch.make} reservation ${number}`,
    heading: 'Your interest is reserved',
    opening: (givenName: string) => `Thank you, ${givenName}. Keep this number: it stands for your place in line.`,
    reason: (site: string) => `You get this mail because you confirmed a reservation at ${site}.`,
  },
  change: {
    subject: (number: string) => `Your ${launch.make} reservation ${number} has changed`,
    heading: 'Your reservation has changed',
    opening:
      'This is how it stands now. The number is the same, and the time of your confirmation still decides your place in line.',
    notYou:
      'If it was not you who changed it, someone else may have the link to your reservation: open it, check what it says, and change it back or withdraw it.',
  },
  already: {
    subject: (number: string) => `You already hold ${launch.make} reservation ${number}`,
    heading: 'You already have a reservation',
    opening:
      'Our form was filled in again with your e-mail address. Nothing has changed: your reservation and its place in line stand as they were.',
    notYou: 'If it was not you who filled in the form, there is nothing that you need to do.',
  },
  manage: {
    button: 'See or change my reservation',
    explanation:
      'There you see all that we hold about you. You can choose another store or model, change your details and what you agreed to, and withdraw at any time. A change keeps your number. The link works without a password, so please do not pass it on.',
  },
};

const SPANISH: typeof ENGLISH = {
  model: 'Modelo',
  store: 'Concesionario',
  noStore: 'Aún sin elegir',
  number: 'Número de reserva',
  confirmed: 'Confirmada',
  place: (store) => `Su lugar en la fila de ${store}`,
  placeMoves:
    'Al enviarse este correo. Avanza cuando alguien que está antes se retira o elige otro concesionario, y retrocede cuando alguien que confirmó antes que usted elige este.',
  withStore: (store) =>
    `${store} recibe su nombre, sus datos de contacto y sus preferencias, y puede escribirle al respecto. Solo puede llamarle o enviarle mensajes de texto si usted lo aceptó.`,
  withWithdrawnStore: (store) =>
    `${store} ya no está en nuestra lista y desde ahora no recibe nada sobre usted. Puede elegir otro concesionario.`,
  withoutStore: 'No ha elegido ningún concesionario, así que ninguno recibe su nombre ni sus datos de contacto.',
  interestOnly:
    'Una reserva de interés no cuesta nada ni le obliga a nada. No es un pedido y no promete ningún auto, precio ni fecha.',
  confirm: {
    subject: `Confirme su interés en ${launch.make}`,
    heading: 'Confirme que ha sido usted',
    opening: `Alguien, esperamos que usted, ha reservado un interés en ${launch.make} con esta dirección de correo electrónico. Esto es lo que se pidió:`,
    button: 'Confirmar mi interés',
    deadline: (until) =>
      `El enlace es válido hasta el ${until}. Al confirmar recibirá un número de reserva, y la hora de su confirmación decidirá su lugar en la fila.`,
    notYou:
      'Si no ha sido usted, ignore este correo. Sin su confirmación no se reserva nada, ningún concesionario se entera y los datos introducidos se eliminan.',
    reason: (site) => `Recibe este correo porque esta dirección se introdujo en el formulario de ${site}.`,
  },
  receipt: {
    subject: (number) => `Su reserva ${number} de ${launch.make}`,
    heading: 'Su interés está reservado',
    opening: (givenName) => `Gracias, ${givenName}. Guarde este número: representa su lugar en la fila.`,
    reason: (site) => `Recibe este correo porque confirmó una reserva en ${site}.`,
  },
  change: {
    subject: (number) => `Su reserva ${number} de ${launch.make} ha cambiado`,
    heading: 'Su reserva ha cambiado',
    opening:
      'Así queda ahora. El número es el mismo, y la hora de su confirmación sigue decidiendo su lugar en la fila.',
    notYou:
      'Si no fue usted quien la cambió, es posible que otra persona tenga el enlace a su reserva: ábralo, revise lo que dice y deshaga el cambio o retire la reserva.',
  },
  already: {
    subject: (number) => `Ya tiene la reserva ${number} de ${launch.make}`,
    heading: 'Ya tiene una reserva',
    opening:
      'Nuestro formulario se ha llenado de nuevo con su dirección de correo electrónico. Nada ha cambiado: su reserva y su lugar en la fila siguen igual.',
    notYou: 'Si no fue usted quien llenó el formulario, no tiene que hacer nada.',
  },
  manage: {
    button: 'Ver o cambiar mi reserva',
    explanation:
      'Allí verá todos los datos que guardamos sobre usted. Podrá elegir otro concesionario o modelo, cambiar sus datos y lo que aceptó, y retirar la reserva en cualquier momento. Un cambio conserva su número. El enlace funciona sin contraseña, así que no lo comparta.',
  },
};

/** What the mails to buyers say, but for the words of `data/launch.json`. */
export const BUYER_MAIL_WORDS: Readonly<Record<Locale, typeof ENGLISH>> = { 'en-US': ENGLISH, 'es-US': SPANISH };
