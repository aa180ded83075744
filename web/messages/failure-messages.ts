import type { Locale } from '../../shared/launch/launch.ts';
import type { FailureKind } from '../client/failure.ts';

/** What to tell people of a request that failed for a reason outside their hands. Each says what to do. */
export const FAILURE_MESSAGES: Readonly<Record<Locale, Readonly<Record<Exclude<FailureKind, 'refused'>, string>>>> = {
  'en-US': {
    unreachable: 'We could not connect. Check your internet connection, then try again.',
    slow: 'The answer took too long. Your connection may be weak: try again.',
    busy: 'Too many requests came from your network. Wait a minute, then try again.',
    server: 'Something went wrong on our side. Nothing you typed is lost: try again in a moment.',
  },
  'es-US': {
    unreachable: 'No pudimos conectarnos. Revise su conexión a internet y vuelva a intentarlo.',
    slow: 'La respuesta tardó demasiado. Es posible que su conexión sea débil: vuelva a intentarlo.',
    busy: 'Llegaron demasiadas solicitudes desde su red. Espere un minuto y vuelva a intentarlo.',
    server: 'Algo falló de nuestro lado. No se perdió nada de lo que escribió: vuelva a intentarlo en un momento.',
  },
};
