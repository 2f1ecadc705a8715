import { useEffect, useRef } from 'preact/hooks'

import { IconButton } from '../design'
import { t } from '../i18n'
import { written } from '../panels/shortcuts/keys'
import { server, type Room } from '../state'
import { begins, ends, talk } from './talking'

const HELD = 400 // ms: what is shorter is a click, after which one talks until the next one

/** The button to talk, held or clicked; only where somebody listens. */
export function PushToTalk({ room, thread }: { room: Room; thread: number }) {
    const at = useRef(0)
    const listens = Boolean(server.value?.listens)
    useEffect(() => (listens && !thread ? holding(room) : undefined), [room, thread, listens])
    useEffect(() => () => void (talk.value?.room === room && talk.value.thread === thread && ends(true)), [room, thread])
    if (!listens) return null
    const now = talk.value
    const on = now?.room === room && now.thread === thread && (now.phase === 'recording' || now.phase === 'opening')
    const down = (): void => {
        if (on) return void ends()
        at.current = Date.now() // and the pointer may leave the button, and is still let go
        void begins(room, thread)
    }
    const up = (): void => {
        if (at.current && Date.now() - at.current >= HELD && talk.value?.phase !== 'agreeing') void ends()
        at.current = 0
    }
    return (
        <IconButton
            icon="mic"
            label={t(on ? 'voice.end' : 'voice.talk')}
            keys={written('Mod+Alt+V')}
            pressed={on}
            onPointerDown={(event) => {
                if (event.button !== 0) return
                event.currentTarget.setPointerCapture(event.pointerId)
                down()
            }}
            onPointerUp={up}
            onClick={(event) => event.detail === 0 && down()} // by a key, or by what reads the page out
        />
    )
}

/** The key, held. The answer stops listening for it. */
function holding(room: Room): () => void {
    let held = false
    const down = (event: KeyboardEvent): void => {
        if (event.code !== 'KeyV' || !event.altKey || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        if (event.repeat || held) return
        held = true
        void begins(room, 0)
    }
    const up = (event: KeyboardEvent): void => {
        if (!held || (event.code !== 'KeyV' && !['Alt', 'Control', 'Meta'].includes(event.key))) return
        held = false
        if (talk.value?.phase !== 'agreeing') void ends()
    }
    const away = (): void => {
        if (held) void ends()
        held = false
    }
    addEventListener('keydown', down)
    addEventListener('keyup', up)
    addEventListener('blur', away)
    return () => {
        removeEventListener('keydown', down)
        removeEventListener('keyup', up)
        removeEventListener('blur', away)
    }
}
