/** What is pinned in a room, the newest pin first. */

import { EmptyState, IconButton } from '../../design'
import { t } from '../../i18n'
import { moment } from '../../i18n/format'
import { ask, go, type Room } from '../../state'
import { attempt, useLoaded } from '../asking'
import { Answer } from '../parts'
import { may } from '../rights'

export function PinsList({ room }: { room: Room }) {
    const name = room.name.value
    const found = useLoaded(() => pinned(room), [name, room.head.value])
    const unpin = (seq: number) => attempt(() => ask('pin', { room: name, seq, on: false })).then(found.reload)
    return (
        <Answer of={found}>
            {({ events }) =>
                events.length === 0 ? (
                    <EmptyState icon="pin" title={t('pins.none')}>
                        {t('pins.how')}
                    </EmptyState>
                ) : (
                    <ul role="list" class="hits">
                        {events.map((event) => (
                            <li key={event.seq} class="flow pinned">
                                <button type="button" class="hit" onClick={() => go(name, event.seq)}>
                                    <span class="flow small soft">
                                        <strong class="cut">{event.sender.nick}</strong>
                                        <span class="push">{moment(event.at)}</span>
                                    </span>
                                    <span class="hit-text">{room.shown(event).text}</span>
                                </button>
                                {may(room, 'pin') && (
                                    <IconButton
                                        small
                                        icon="close"
                                        label={t('pins.unpin')}
                                        onClick={() => unpin(event.seq)}
                                    />
                                )}
                            </li>
                        ))}
                    </ul>
                )
            }
        </Answer>
    )
}

/** As it is shown, if this page has it: it may have been edited. */
async function pinned(room: Room) {
    const page = await ask('pins', { room: room.name.value })
    room.note(page.changes ?? [])
    return page
}
