/** Spanish: what the first view shows of the design's components and of the panels. */

import type { SameAs } from '..'
import type english from '../en/shared'

const words: SameAs<typeof english> = {
    'common.cancel': 'Cancelar',
    'common.close': 'Cerrar',
    'common.save': 'Guardar',
    'common.saved': 'Guardado.',
    'panel.loading': 'Cargando …',
    'panel.load_failed': 'No se pudo cargar esta parte de la página.',
    'panel.again': 'Intentar de nuevo',
    'talk.title': 'Conversación de bots',
    'talk.about': '{bots} hablan de {topic}',
    'talk.talk': '{bots} hablan entre sí',
    'talk.turn': 'turno {turn} de {turns} · quedan {left}',
    'talk.interrupted': 'interrumpida: ha hablado una persona',
    'talk.stop': 'Parar',
    'talk.continue': 'Continuar',
    'approval.title': '{bot} pide permiso para usar {tool}',
    'approval.wants': '{bot} quiere ejecutar',
    'approval.wants_for': '{bot} quiere, para {requester}, ejecutar',
    'approval.args': 'Argumentos',
    'approval.approve': 'Aprobar',
    'approval.deny': 'Denegar',
    'approval.approved': 'aprobado por {by}',
    'approval.denied': 'denegado por {by}',
    'approval.late': 'nadie lo aprobó a tiempo',
    'approval.whose': 'Puede aprobarlo quien lo pidió o un moderador.',
    'notify.in': '{nick} en {room}',
}

export default words
