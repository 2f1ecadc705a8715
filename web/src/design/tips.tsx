/** Tips: what an icon does, beside it, when the pointer rests on it or the keyboard is there. For sighted readers; the name is in aria-label. */

import { useEffect, useRef } from 'preact/hooks'

import { placeBeside } from './placing'

const AFTER = 400 // ms

/** Shows the tip of whatever has `data-tip`, and its `data-keys`: once, at the end of the page. */
export function Tips() {
    const tip = useRef<HTMLDivElement>(null)
    useEffect(() => watch(tip.current), [])
    return <div ref={tip} class="tip" popover="manual" aria-hidden="true" />
}

function watch(tip: HTMLDivElement | null): (() => void) | undefined {
    if (!tip) return undefined
    let timer = 0
    const hide = () => {
        clearTimeout(timer)
        if (tip.matches(':popover-open')) tip.hidePopover()
    }
    const show = (owner: HTMLElement) => {
        if (!owner.isConnected) return
        tip.textContent = owner.dataset['tip'] ?? ''
        if (owner.dataset['keys']) {
            const keys = document.createElement('kbd')
            keys.textContent = owner.dataset['keys']
            tip.append(' ', keys)
        }
        tip.showPopover()
        placeBeside(tip, owner.getBoundingClientRect(), 'middle')
    }
    const consider = (event: Event) => {
        hide()
        const owner = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null
        if (!owner || (event.type === 'focusin' && !owner.matches(':focus-visible'))) return
        timer = window.setTimeout(() => show(owner), AFTER)
    }
    const events: [string, (event: Event) => void][] = [
        ['pointerover', (event) => (event as PointerEvent).pointerType === 'mouse' && consider(event)],
        ['focusin', consider],
        ['focusout', hide],
        ['pointerdown', hide],
        ['keydown', hide],
        ['scroll', hide],
    ]
    for (const [name, does] of events) document.addEventListener(name, does, true)
    return () => {
        hide()
        for (const [name, does] of events) document.removeEventListener(name, does, true)
    }
}
