/** Tabs: one of several views, moved through with the arrow keys. */

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'

interface TabsProps<T extends string> {
    label: string
    value: T
    onValue: (value: T) => void
    tabs: readonly (readonly [T, ComponentChildren])[]
    /** The view of the chosen tab. */
    children: ComponentChildren
}

/** A row of tabs and the chosen view. */
export function Tabs<T extends string>({ label, value, onValue, tabs, children }: TabsProps<T>) {
    const id = useId()
    const row = useRef<HTMLDivElement>(null)
    useLayoutEffect(() => {
        row.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }, [value])
    const step = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
        if (!by) return
        const sign = getComputedStyle(event.currentTarget).direction === 'rtl' ? -by : by
        const at = tabs.findIndex(([key]) => key === value)
        const next = tabs[(at + sign + tabs.length) % tabs.length]
        if (!next) return
        event.preventDefault()
        onValue(next[0])
        document.getElementById(`${id}-${next[0]}`)?.focus()
    }
    return (
        <div class="tabs">
            <div ref={row} role="tablist" aria-label={label} class="tab-row" onKeyDown={step}>
                {tabs.map(([key, shown]) => (
                    <button
                        key={key}
                        type="button"
                        role="tab"
                        id={`${id}-${key}`}
                        class="tab"
                        aria-selected={key === value}
                        aria-controls={`${id}-view`}
                        tabIndex={key === value ? 0 : -1}
                        onClick={() => onValue(key)}
                    >
                        {shown}
                    </button>
                ))}
            </div>
            <div role="tabpanel" id={`${id}-view`} aria-labelledby={`${id}-${value}`} class="tab-view" tabIndex={0}>
                {children}
            </div>
        </div>
    )
}
