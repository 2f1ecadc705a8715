import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { placeBeside } from '../design'
import { t } from '../i18n'
import type { Line, Room } from '../state'
import { picking } from './doing'
import { react } from './reactions'

const USUAL = ['👍', '❤️', '😂', '🎉', '🤔', '👀', '🙏', '😢']

/** A small table of reactions: the usual ones first, the rest by name. */
export function Picker({ room, line }: { room: Room; line: Line }) {
    const wanted = useSignal('')
    const found = useSignal<readonly (readonly [string, string])[]>([])
    const box = useRef<HTMLDivElement>(null)
    useEffect(() => {
        const shown = box.current
        if (shown?.parentElement) {
            shown.showPopover()
            placeBeside(shown, shown.parentElement.getBoundingClientRect())
            shown.querySelector('button')?.focus()
        }
        const away = (event: Event) => {
            if (!box.current?.parentElement?.contains(event.target as Node)) picking.value = 0
        }
        document.addEventListener('pointerdown', away)
        return () => document.removeEventListener('pointerdown', away)
    }, [])
    const look = (text: string) => {
        wanted.value = text
        void import('../composer/emoji').then(({ search }) => (found.value = text ? search(text, 24) : []))
    }
    const pick = (emoji: string) => {
        box.current?.closest('article')?.focus()
        picking.value = 0
        react(room, line, emoji)
    }
    const close = (event: KeyboardEvent) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        picking.value = 0
        box.current?.closest('article')?.focus()
    }
    const shown = wanted.value ? found.value.map(([, emoji]) => emoji) : USUAL
    return (
        <div class="picker" popover="manual" ref={box} role="dialog" aria-label={t('actions.react')} onKeyDown={close}>
            <div class="picker-emoji">
                {shown.map((emoji) => (
                    <button key={emoji} type="button" onClick={() => pick(emoji)}>
                        {emoji}
                    </button>
                ))}
            </div>
            <input
                class="input"
                type="search"
                name="emoji"
                placeholder={t('picker.search')}
                aria-label={t('picker.search')}
                value={wanted.value}
                onInput={(event) => look(event.currentTarget.value)}
                onKeyDown={(event) => {
                    const first = shown[0]
                    if (event.key === 'Enter' && first) pick(first)
                }}
            />
        </div>
    )
}
