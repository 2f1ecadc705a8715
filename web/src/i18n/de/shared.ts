/** German: what the first view shows of the design's components and of the panels. */

import type { SameAs } from '..'
import type english from '../en/shared'

const words: SameAs<typeof english> = {
    'common.cancel': 'Abbrechen',
    'common.close': 'Schließen',
    'common.save': 'Speichern',
    'common.saved': 'Gespeichert.',
    'panel.loading': 'Wird geladen …',
    'panel.load_failed': 'Dieser Teil der Seite konnte nicht geladen werden.',
    'panel.again': 'Nochmals versuchen',
    'talk.title': 'Gespräch von Bots',
    'talk.about': '{bots} sprechen über {topic}',
    'talk.talk': '{bots} sprechen miteinander',
    'talk.turn': 'Zeile {turn} von {turns} · noch {left}',
    'talk.interrupted': 'unterbrochen: ein Mensch hat gesprochen',
    'talk.stop': 'Anhalten',
    'talk.continue': 'Fortsetzen',
    'approval.title': '{bot} bittet darum, {tool} zu benutzen',
    'approval.wants': '{bot} möchte ausführen:',
    'approval.wants_for': '{bot} möchte für {requester} ausführen:',
    'approval.args': 'Argumente',
    'approval.approve': 'Erlauben',
    'approval.deny': 'Ablehnen',
    'approval.approved': 'von {by} erlaubt',
    'approval.denied': 'von {by} abgelehnt',
    'approval.late': 'niemand hat es rechtzeitig erlaubt',
    'approval.whose': 'Wer darum gebeten hat oder moderiert, darf es erlauben.',
    'notify.in': '{nick} in {room}',
}

export default words
