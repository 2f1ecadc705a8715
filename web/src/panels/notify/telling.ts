/** Telling the reader of what happens while they look elsewhere: a sound, and the system's notifications. */

import { t } from '../../i18n'
import type { EventFrame } from '../../protocol/types'
import { current, go, me, onEvent, type Room } from '../../state'
import { choices, choose, tells, wantedOf } from './choices'
import { chime } from './sound'

const LONGEST = 160 // characters of a line in a notification
const QUIET = 1500 // ms between two sounds

let heard = 0

/** Begin, once. The answer stops it. */
export function startTelling(): () => void {
    return onEvent(tell)
}

function tell(room: Room, event: EventFrame): void {
    if (event.seq <= room.asOf) return // it was said before the page was there
    const looking = document.visibilityState === 'visible' && document.hasFocus() && current.value === room
    const wanted = wantedOf(room.id, choices.value)
    const direct = room.kind.value === 'direct'
    if (!tells({ event, me: me.value?.id ?? '', direct, wanted, looking })) return
    if (choices.value.sound && Date.now() - heard > QUIET) {
        heard = Date.now()
        chime()
    }
    if (choices.value.system && allowed()) show(room, event, direct)
}

function show(room: Room, event: EventFrame, direct: boolean): void {
    if (event.body.type !== 'message' || !document.hidden) return
    const who = direct ? event.sender.nick : t('notify.in', { nick: event.sender.nick, room: room.title })
    const text = (event.body.text ?? '').slice(0, LONGEST)
    const shown = new Notification(who, { body: text, tag: `${room.id}`, icon: '/icon-192.png', silent: true })
    shown.onclick = () => {
        window.focus()
        go(room.name.value, event.seq)
        shown.close()
    }
}

export const allowed = (): boolean => 'Notification' in window && Notification.permission === 'granted'

/** Ask for the browser's permission: only ever called by a click. */
export async function askPermission(): Promise<NotificationPermission | 'unsupported'> {
    if (!('Notification' in window)) return 'unsupported'
    const answer = await Notification.requestPermission()
    choose({ system: answer === 'granted' })
    return answer
}
