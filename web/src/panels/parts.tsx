/** What panels are made of. */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { Avatar, Badge, Button, EmptyState, IconButton, Spinner } from '../design'
import { t } from '../i18n'
import { aside } from '../state'
import type { Loaded } from './asking'
import { inFront } from './shortcuts/keys'

interface FrameProps {
    title: string
    /** Beside the title. */
    tools?: ComponentChildren
    /** Below the title, above what scrolls. */
    above?: ComponentChildren
    children: ComponentChildren
    wide?: boolean
}

/** A panel beside the timeline. */
export function AsideFrame({ title, tools, above, children, wide }: FrameProps) {
    const frame = useRef<HTMLElement>(null)
    useEffect(() => frame.current?.querySelector<HTMLElement>('[autofocus]')?.focus(), []) // browsers do it in dialogs only
    return (
        <aside ref={frame} class={`aside-frame${wide ? ' aside-wide' : ''}`} aria-label={title} onKeyDown={escape}>
            <header class="aside-head">
                <h2 class="cut" dir="auto">
                    {title}
                </h2>
                <span class="push flow">
                    {tools}
                    <IconButton icon="close" label={t('common.close')} onClick={() => (aside.value = null)} />
                </span>
            </header>
            {above}
            <div class="aside-content scroll">{children}</div>
        </aside>
    )
}

/** Esc closes the panel from its fields too, once they are empty. */
function escape(event: KeyboardEvent): void {
    const { target } = event
    if (event.key !== 'Escape' || event.defaultPrevented || inFront(target)) return
    if (target instanceof HTMLInputElement && target.value) return
    event.preventDefault()
    aside.value = null
}

/** A part of a panel under a heading. */
export function Section({
    title,
    tools,
    children,
}: {
    title: string
    tools?: ComponentChildren
    children: ComponentChildren
}) {
    return (
        <section class="section">
            <header class="flow">
                <h3 class="section-title">{title}</h3>
                {tools && <span class="push flow">{tools}</span>}
            </header>
            {children}
        </section>
    )
}

/** What was refused, where it was asked. */
export function Wrong({ children, again }: { children: ComponentChildren; again?: () => void }) {
    return (
        <div class="wrong" role="alert">
            <span>{children}</span>
            {again && (
                <Button small icon="again" onClick={again}>
                    {t('panel.again')}
                </Button>
            )}
        </div>
    )
}

interface AnswerProps<T> {
    of: Loaded<T>
    children: (value: T) => ComponentChildren
}

/** What was loaded; or that it is being loaded, or why it is not there. */
export function Answer<T>({ of, children }: AnswerProps<T>) {
    return (
        <>
            {of.error && <Wrong again={of.reload}>{of.error}</Wrong>}
            {of.value !== null ? children(of.value) : !of.error && <Spinner label={t('panel.loading')} />}
        </>
    )
}

interface PersonProps {
    id: string
    nick: string
    kind?: string
    presence?: string
    /** Below the nick. */
    below?: ComponentChildren
    /** Behind the nick: badges. */
    badges?: ComponentChildren
    children?: ComponentChildren
}

/** A row with somebody in it. */
export function PersonRow({ id, nick, kind, presence, below, badges, children }: PersonProps) {
    return (
        <div class="person">
            <Avatar id={id} nick={nick} kind={kind ?? 'person'} size="medium" presence={presence ?? ''} />
            <div class="person-words">
                <div class="flow">
                    <span class="cut person-nick" dir="auto">
                        {nick}
                    </span>
                    <KindBadge kind={kind} />
                    {badges}
                </div>
                {below && <div class="small soft cut">{below}</div>}
            </div>
            {children && <span class="push flow">{children}</span>}
        </div>
    )
}

/** Bots, services and guests are marked; people are not. */
export function KindBadge({ kind }: { kind?: string | undefined }) {
    if (kind === 'bot') return <Badge look="accent">{t('kind.bot')}</Badge>
    if (kind === 'service') return <Badge look="accent">{t('kind.service')}</Badge>
    if (kind === 'webhook') return <Badge look="accent">{t('kind.webhook')}</Badge>
    return kind === 'guest' ? <Badge>{t('kind.guest')}</Badge> : null
}

/** A panel that needs a room where there is none. */
export function NoRoom() {
    return <EmptyState icon="hash" title={t('panel.no_room')} />
}

/** Names and values in two columns. */
export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren] | false)[] }) {
    return (
        <dl class="facts">
            {rows.map(
                (row) =>
                    row && (
                        <div key={row[0]}>
                            <dt>{row[0]}</dt>
                            <dd>{row[1]}</dd>
                        </div>
                    ),
            )}
        </dl>
    )
}
