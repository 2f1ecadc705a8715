import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { IconButton } from '../design'
import { t } from '../i18n'
import { aside, ask, limitedUntil, me, mention, online, say, server, type Line, type Room } from '../state'
import { told } from '../app/telling'
import { may } from '../app/rights'
import { choices } from './choices'
import { command, whatWentWrong } from './commands'
import { completed, wantedAt, type Choice, type Wanted } from './completing'
import { composing, edit, hasKeyboard, stopEditing, write, type Composing } from './composing'
import { Completion } from './completion'
import { Context } from './context'
import { Uploads } from './files'
import { PushToTalk } from '../voice/push'
import { talk } from '../voice/talking'
import { lazy } from '../panels/lazy'
import { upload, uploads } from './uploads'

const Talking = lazy(() => import('../voice/panel').then((found) => found.default), true)

const TYPING = 3000 // ms between two mentions of typing

interface Offered {
    readonly wanted: Wanted
    readonly choices: readonly Choice[]
    readonly at: number
}

interface Desk {
    readonly room: Room
    readonly thread: number
    readonly what: Composing
    readonly field: { current: HTMLTextAreaElement | null }
    readonly offered: Signal<Offered | null>
    readonly wrong: Signal<string>
    readonly typed: { current: number }
}

/** Where one writes: in a room, or in one of its threads (`thread`, the number it hangs on; 0: none). */
export function Composer({ room, thread = 0 }: { room: Room; thread?: number }) {
    const field = useRef<HTMLTextAreaElement>(null)
    const typed = useRef(0)
    const desk: Desk = {
        room,
        thread,
        what: composing(room, thread),
        field,
        offered: useSignal<Offered | null>(null),
        wrong: useSignal(''),
        typed,
    }
    const over = useSignal(false)
    const { what } = desk
    useEffect(() => {
        if (what.wanted.value) focusAtEnd(field.current)
    }, [what.wanted.value])
    useEffect(() => {
        if (hasKeyboard()) focusAtEnd(field.current) // on a phone it would call up the keyboard over what is to be read
    }, [room])
    const text = what.text.value
    useEffect(() => grow(field.current), [text])
    if (!may(room, 'post')) return <p class="composer-closed">{t('composer.closed')}</p>

    const files = uploads(room, thread).value
    const ready = online.value && (text.trim() !== '' || files.some((file) => file.id.value))
    return (
        <form
            class={over.value ? 'composer composer-over' : 'composer'}
            onSubmit={(event) => (event.preventDefault(), void send(desk))}
            onDragOver={(event) => (event.preventDefault(), (over.value = true))}
            onDragLeave={() => (over.value = false)}
            onDrop={(event) => {
                event.preventDefault()
                over.value = false
                upload(room, thread, event.dataTransfer?.files ?? [])
            }}
        >
            <Context room={room} thread={thread} />
            <Uploads room={room} thread={thread} />
            {talk.value?.room === room && <Talking room={room} thread={thread} />}
            {desk.wrong.value && (
                <p class="composer-wrong" role="alert">
                    {desk.wrong.value}
                </p>
            )}
            <Completion
                choices={desk.offered.value?.choices ?? []}
                at={desk.offered.value?.at ?? 0}
                onPick={(choice) => take(desk, choice)}
            />
            <div class="composer-row">
                <Attach room={room} thread={thread} />
                <textarea
                    ref={field}
                    rows={1}
                    dir={text ? 'auto' : undefined}
                    value={text}
                    id={thread ? undefined : 'composer'}
                    name={thread ? 'answer' : 'line'}
                    aria-label={label(desk)}
                    placeholder={label(desk)}
                    aria-haspopup="listbox"
                    aria-controls="completion"
                    aria-autocomplete="list"
                    aria-activedescendant={desk.offered.value ? `choice-${desk.offered.value.at}` : undefined}
                    onInput={(event) => typing(desk, event.currentTarget)}
                    onKeyDown={(event) => key(desk, event)}
                    onPaste={(event) => pasted(desk, event)}
                    onBlur={() => setTimeout(() => left(desk), 150)}
                />
                <PushToTalk room={room} thread={thread} />
                <IconButton
                    icon="send"
                    label={t('composer.send')}
                    keys="Enter"
                    type="submit"
                    look="primary"
                    disabled={!ready}
                />
            </div>
            <Waiting />
        </form>
    )
}

function label({ room, thread, what }: Desk): string {
    if (what.editing.value) return t('composer.edit')
    if (thread) return t('composer.thread')
    return t(room.kind.value === 'direct' ? 'composer.say.to' : 'composer.say', { room: room.title })
}

function Attach({ room, thread }: { room: Room; thread: number }) {
    const picker = useRef<HTMLInputElement>(null)
    return (
        <>
            <IconButton icon="clip" label={t('composer.attach')} onClick={() => picker.current?.click()} />
            <input
                ref={picker}
                class="unseen"
                type="file"
                name="files"
                multiple
                tabIndex={-1}
                aria-hidden="true"
                onChange={(event) => {
                    upload(room, thread, event.currentTarget.files ?? [])
                    event.currentTarget.value = ''
                }}
            />
        </>
    )
}

/** Requests wait, as the server asked. */
function Waiting() {
    return online.value && limitedUntil.value > Date.now() ? <p class="composer-note">{t('composer.limited')}</p> : null
}

// -- what keys and words do ----------------------------------------------------------------------

function typing(desk: Desk, field: HTMLTextAreaElement): void {
    const { room, thread } = desk
    write(room, thread, field.value)
    desk.wrong.value = ''
    void offer(desk, field)
    const now = Date.now()
    if (!field.value || field.value.startsWith('/')) hush(desk)
    else if (now - desk.typed.current > TYPING) {
        desk.typed.current = now
        mention('typing', { room: room.name.value })
    }
}

/** Typing stopped without a line. */
function hush(desk: Desk): void {
    if (!desk.typed.current) return
    desk.typed.current = 0
    mention('typing', { room: desk.room.name.value, on: false })
}

async function offer(desk: Desk, field: HTMLTextAreaElement): Promise<void> {
    const wanted = wantedAt(field.value, field.selectionStart)
    const text = field.value
    const found = wanted ? await choices(desk.room, wanted) : []
    if (field.value !== text) return // more was typed meanwhile, and has choices of its own
    desk.offered.value = wanted && found.length ? { wanted, choices: found, at: 0 } : null
}

/** The field lost the focus a moment ago: to a choice, which has been taken by now, or to something else. */
function left(desk: Desk): void {
    if (document.activeElement !== desk.field.current) desk.offered.value = null
}

function take(desk: Desk, choice: Choice): void {
    const field = desk.field.current
    const offered = desk.offered.value
    if (!field || !offered) return
    const done = completed(field.value, field.selectionStart, offered.wanted, choice)
    write(desk.room, desk.thread, done.text)
    desk.offered.value = null
    field.value = done.text
    field.focus()
    field.setSelectionRange(done.caret, done.caret)
}

function key(desk: Desk, event: KeyboardEvent): void {
    if (event.isComposing) return
    if (desk.offered.value && keyInList(desk, desk.offered.value, event.key)) event.preventDefault()
    else if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
        event.preventDefault()
        void send(desk)
    } else if (event.key === 'Escape' && escape(desk)) {
        event.preventDefault()
        event.stopPropagation()
    } else if (event.key === 'ArrowUp' && !desk.what.text.value && editLast(desk)) event.preventDefault()
}

function keyInList(desk: Desk, offered: Offered, pressed: string): boolean {
    const count = offered.choices.length
    const chosen = offered.choices[offered.at]
    switch (pressed) {
        case 'ArrowDown':
        case 'ArrowUp': {
            const step = pressed === 'ArrowDown' ? 1 : count - 1
            desk.offered.value = { ...offered, at: (offered.at + step) % count }
            return true
        }
        case 'Enter':
            if (chosen && chosen.insert.trim() === offered.wanted.sign + offered.wanted.word) return false // it is written: send it
            if (chosen) take(desk, chosen)
            return true
        case 'Tab':
            if (chosen) take(desk, chosen)
            return true
        case 'Escape':
            desk.offered.value = null
            return true
        default:
            return false
    }
}

/** Give up what one was about to do, or leave the field for the lines; answers false if it is for somebody else. */
function escape({ room, thread, what, wrong, field }: Desk): boolean {
    if (talk.value?.phase === 'recording') return false
    if (what.editing.value) stopEditing(room, thread)
    else if (what.replyTo.value) what.replyTo.value = null
    else if (wrong.value) wrong.value = ''
    else if (aside.value) closeAside()
    else toLines(field.current)
    return true
}

/** To the newest line, or to where it will be. */
function toLines(field: HTMLElement | null): void {
    const lines = field?.closest('.room')?.querySelector<HTMLElement>('.lines')
    const newest = [...(lines?.querySelectorAll<HTMLElement>('article[tabindex]') ?? [])].at(-1)
    ;(newest ?? lines)?.focus()
}

function closeAside(): void {
    aside.value = null
    document.querySelector<HTMLTextAreaElement>('#composer')?.focus()
}

function editLast({ room, thread }: Desk): boolean {
    const events = room.log.stretches.at(-1)?.events ?? []
    for (let at = events.length - 1; at >= 0; at -= 1) {
        const event = events[at]!
        const line: Line | undefined = event.sender.id === me.value?.id ? room.line(event.seq) : undefined
        if (!line || line.redacted || (line.body.thread ?? 0) !== thread) continue
        edit(room, line, thread)
        return true
    }
    return false
}

function pasted({ room, thread }: Desk, event: ClipboardEvent): void {
    const files = event.clipboardData?.files
    if (!files?.length) return
    event.preventDefault()
    upload(room, thread, files)
}

async function send(desk: Desk): Promise<void> {
    const { room, thread, what } = desk
    const text = what.text.value.trim()
    const most = server.value?.max_text ?? 16_000
    if (new TextEncoder().encode(text).length > most) {
        desk.wrong.value = t('composer.too_long', { count: most })
        return
    }
    desk.offered.value = null
    desk.typed.current = 0 // the line itself tells that the typing is over
    if (what.editing.value) return change(desk, what.editing.value, text)
    const list = uploads(room, thread)
    const attachments = list.value.map((file) => file.id.value).filter(Boolean)
    if (!text && !attachments.length) return
    write(room, thread, '')
    try {
        if (await command(room, text)) return
    } catch (why) {
        write(room, thread, text)
        desk.wrong.value = whatWentWrong(why)
        return
    }
    list.value = list.value.filter((file) => !file.id.value)
    const replyTo = what.replyTo.value?.seq ?? null
    what.replyTo.value = null
    void say(room, text.replace(/^\/\//, '/'), { replyTo, thread: thread || null, attachments })
}

function change({ room, thread }: Desk, line: Line, text: string): void {
    stopEditing(room, thread)
    if (text && text !== line.text) told(ask('edit', { room: room.name.value, seq: line.seq, text }))
}

function focusAtEnd(field: HTMLTextAreaElement | null): void {
    field?.focus()
    field?.setSelectionRange(field.value.length, field.value.length)
}

/** As high as its text, where the browser does not do it by itself. */
function grow(field: HTMLTextAreaElement | null): void {
    if (!field || CSS.supports('field-sizing', 'content')) return
    field.style.height = 'auto'
    field.style.height = `${field.scrollHeight}px`
}
