import { t } from '../i18n'
import { list } from '../i18n/format'
import { ask, me, type Given, type Line, type Room } from '../state'
import { told } from '../app/telling'
import { may } from '../app/rights'

/** React to a line, or take it back. */
export function react(room: Room, line: Line, emoji: string): void {
    const given = line.reactions.find((one) => one.emoji === emoji)
    const on = !given?.by.some((one) => one.id === me.value?.id)
    told(ask('react', { room: room.name.value, seq: line.seq, emoji, ...(on ? {} : { on }) }))
}

/** The reactions to a line; a click joins in, or takes it back. */
export function Reactions({ room, line }: { room: Room; line: Line }) {
    if (!line.reactions.length) return null
    return (
        <div class="reactions">
            {line.reactions.map((given) => (
                <Reaction key={given.emoji} room={room} line={line} given={given} />
            ))}
        </div>
    )
}

function Reaction({ room, line, given }: { room: Room; line: Line; given: Given }) {
    const mine = given.by.some((one) => one.id === me.value?.id)
    const names = list(given.by.map((one) => one.nick))
    return (
        <button
            type="button"
            class={mine ? 'reaction reaction-mine' : 'reaction'}
            aria-pressed={mine}
            aria-label={t('reaction.label', { emoji: given.emoji, names })}
            data-tip={names}
            disabled={!may(room, 'react')}
            onClick={() => react(room, line, given.emoji)}
        >
            <span>{given.emoji}</span>
            <span>{given.by.length}</span>
        </button>
    )
}
