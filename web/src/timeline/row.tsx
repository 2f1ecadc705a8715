import { Avatar, Badge, hueOf, Icon } from '../design'
import { memo } from '../design/memo'
import { t } from '../i18n'
import { briefClock, clock, day, moment } from '../i18n/format'
import { plain } from '../markdown/plain'
import { Text } from '../markdown/text'
import { ApprovalCard, requestIn } from '../panels'
import type { EventFrame } from '../protocol/types'
import { aside, go, me, type Line, type Room } from '../state'
import { Actions } from './actions'
import { Attachments } from './attachments'
import { showChanges } from './changes'
import { Previews } from './previews'
import { Reactions } from './reactions'
import { keysOn } from './shortcuts'
import { sentence } from './words'
import { VerdictLines } from './verdicts'

interface RowProps {
    room: Room
    event: EventFrame
    line: Line | undefined
    index: number
    /** Its speaker is shown. */
    first: boolean
    newDay: boolean
    /** The unread line stands above it. */
    unread: boolean
    flash: boolean
}

/** One row of the timeline: what stands above it (day, unread line), the line, and verdicts below. */
export const Row = memo(function Row({ room, event, line, index, first, newDay, unread, flash }: RowProps) {
    return (
        <div data-index={index} data-seq={event.seq} class={flash ? 'slot flash' : 'slot'}>
            {newDay && (
                <div class="day" role="separator">
                    <span>{day(event.at)}</span>
                </div>
            )}
            {unread && (
                <div class="unread-line" role="separator">
                    <span>{t('timeline.unread')}</span>
                </div>
            )}
            {line ? <Message room={room} line={line} first={first || newDay || unread} /> : <Fact event={event} />}
            <VerdictLines room={room} seq={event.seq} />
        </div>
    )
})

function Fact({ event }: { event: EventFrame }) {
    return (
        <div class="fact" tabIndex={-1}>
            <span>{sentence(event)}</span>
            <time dateTime={event.at} title={moment(event.at)}>
                {clock(event.at)}
            </time>
        </div>
    )
}

interface MessageProps {
    room: Room
    line: Line
    first: boolean
    /** It is shown in its thread. */
    inThread?: boolean
}

/** A message. */
export function Message({ room, line, first, inThread = false }: MessageProps) {
    const mine = line.sender.id === me.value?.id
    const named = Boolean(line.body.everybody || (me.value && line.body.mentions?.includes(me.value.id)))
    const looks = [
        'row',
        first && 'row-first',
        named && 'row-named',
        mine && 'row-mine',
        line.body.style === 'notice' && 'row-notice',
    ]
    return (
        <article
            class={looks.filter(Boolean).join(' ')}
            tabIndex={-1}
            aria-label={t('line.label', { nick: line.sender.nick, time: clock(line.at) })}
            onKeyDown={keysOn(room, line, inThread)}
        >
            <div class="row-side">
                {first ? (
                    <Avatar id={line.sender.id} nick={line.sender.nick} kind={line.sender.kind} />
                ) : (
                    <Time line={line} room={room} brief />
                )}
            </div>
            <div class="row-body">
                {first && <Head room={room} line={line} />}
                {line.body.reply_to && <Quote room={room} seq={line.body.reply_to} />}
                <Said room={room} line={line} />
                <Attachments line={line} />
                <Previews room={room} line={line} />
                <Reactions room={room} line={line} />
                {!inThread && line.replies > 0 && <ThreadLink room={room} line={line} />}
            </div>
            {!line.redacted && <Actions room={room} line={line} inThread={inThread} />}
        </article>
    )
}

function Time({ room, line, brief = false }: { room: Room; line: Line; brief?: boolean }) {
    return (
        <a
            class="time"
            href={`/r/${encodeURIComponent(room.name.value.replace(/^#/, ''))}/${line.seq}`}
            tabIndex={-1}
            onClick={follow(() => go(room.name.value, line.seq))}
        >
            <time dateTime={line.at} title={moment(line.at)}>
                {brief ? briefClock(line.at) : clock(line.at)}
            </time>
        </a>
    )
}

/** A click without a modifier stays in the page. */
function follow(run: () => void): (event: MouseEvent) => void {
    return (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
        event.preventDefault()
        run()
    }
}

function Head({ room, line }: { room: Room; line: Line }) {
    const { sender } = line
    const program = sender.kind === 'bot' || sender.kind === 'service'
    return (
        <header class="row-head">
            <button
                type="button"
                dir="auto"
                class={`nick ink-${hueOf(sender.id)}`}
                onClick={() =>
                    (aside.value = program ? { name: 'bots', who: sender.id } : { name: 'details', who: sender.id })
                }
            >
                {sender.nick}
            </button>
            {program && <Badge look="accent">{t(sender.kind === 'bot' ? 'kind.bot' : 'kind.service')}</Badge>}
            <Time room={room} line={line} />
            {line.pinned && (
                <span class="pinned" title={t('line.pinned')}>
                    <Icon name="pin" size={16} />
                    <span class="unseen">{t('line.pinned')}</span>
                </span>
            )}
        </header>
    )
}

function Said({ room, line }: { room: Room; line: Line }) {
    if (line.redacted) return <p class="redacted">{t(line.body.redacted === 0 ? 'line.expired' : 'line.redacted')}</p>
    const cut = line.body.cut
    const request = requestIn(line)
    if (request) return <ApprovalCard room={room} line={line} request={request} />
    return (
        <>
            {line.body.style === 'action' ? (
                <div class="said action">
                    <b>{line.sender.nick}</b> {line.text}
                </div>
            ) : (
                <Text room={room} text={line.text} />
            )}
            {cut && <p class="mark">{t(cut === 'stopped' ? 'line.stopped' : 'line.failed')}</p>}
            {line.edited && (
                <button type="button" class="link-button mark" onClick={() => showChanges(room, line.seq)}>
                    {t('line.edited')}
                </button>
            )}
        </>
    )
}

/** The line that is answered, cut short. */
export function Quote({ room, seq }: { room: Room; seq: number }) {
    const line = room.line(seq)
    return (
        <button type="button" class="quote" onClick={() => go(room.name.value, seq)}>
            {line ? (
                <>
                    <span dir="auto" class={`quote-nick ink-${hueOf(line.sender.id)}`}>{line.sender.nick}</span>
                    <span class="quote-text" dir="auto">
                        {line.redacted ? t('line.redacted') : plain(line.text)}
                    </span>
                </>
            ) : (
                <span class="quote-text">{t('line.number', { seq: String(seq) })}</span>
            )}
        </button>
    )
}

function ThreadLink({ room, line }: { room: Room; line: Line }) {
    const unread = room.threads.value.get(line.seq) ?? 0
    return (
        <button type="button" class="thread-link" onClick={() => (aside.value = { name: 'thread', seq: line.seq })}>
            <Icon name="thread" size={16} />
            <b>{t('line.replies', { count: line.replies })}</b>
            <span class="faint">{clock(line.repliedAt)}</span>
            {unread > 0 && <span class="count">{unread}</span>}
        </button>
    )
}
