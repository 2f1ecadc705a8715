import { useLayoutEffect, useRef } from 'preact/hooks'

import { me, roomNamed, type Room } from '../state'
import { reading } from '../state/choices'
import { colour } from './highlight'
import { safe } from './policy'
import { isPlain, toHtml, type Known } from './render'
import { showFormulas } from './showing'

/** Whom a room knows by name, for `@nick`. */
function knownIn(room: Room): Known {
    const my = me.value?.nick.toLowerCase() ?? ''
    return {
        me: my,
        room: (name) => roomNamed(name) !== undefined,
        nick: (name) => {
            const wanted = name.toLowerCase()
            if (wanted === my) return true
            for (const one of room.people.values()) if (one.nick.toLowerCase() === wanted) return true
            return false
        },
    }
}

/** The text of a message: Markdown, through both barriers. */
export function Text({ room, text, growing = false }: { room: Room; text: string; growing?: boolean }) {
    if (isPlain(text, reading.value.formulas)) {
        return (
            <div class={growing ? 'said growing' : 'said'} dir="auto">
                {text}
            </div>
        )
    }
    return <Marked room={room} text={text} growing={growing} />
}

function Marked({ room, text, growing }: { room: Room; text: string; growing: boolean }) {
    const box = useRef<HTMLDivElement>(null)
    const { formulas } = reading.value
    useLayoutEffect(() => {
        if (!box.current) return
        box.current.innerHTML = safe(toHtml(text, knownIn(room), formulas))
        if (growing) return
        if (formulas) void showFormulas(box.current)
        for (const pre of box.current.querySelectorAll<HTMLElement>('pre[data-language]')) {
            const code = pre.querySelector('code')
            if (code) void colour(code, pre.dataset['language'] ?? '')
        }
    }, [room, text, growing, formulas])
    return <div ref={box} class={growing ? 'said marked growing' : 'said marked'} dir="auto" />
}
