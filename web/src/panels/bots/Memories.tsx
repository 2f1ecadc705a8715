/** What a bot remembers of a room, with the line that each comes from; whoever said that, or moderates, lets it be forgotten. */

import { EmptyState, IconButton } from '../../design'
import { t } from '../../i18n'
import { relative } from '../../i18n/format'
import type { BotInfo, Memory } from '../../protocol/types'
import { ask, go, type Room } from '../../state'
import { attempt, useLoaded } from '../asking'
import { Answer } from '../parts'
import { may } from '../rights'

interface MemoriesProps {
    room: Room
    bot: BotInfo
    /** The reader's id. */
    me: string
}

export function Memories({ room, bot, me }: MemoriesProps) {
    const name = room.name.value
    const found = useLoaded(() => ask('memories', { room: name, bot: bot.bot }), [name, bot.bot])
    const forget = (memory: Memory) =>
        attempt(async () => {
            await ask('forget', { room: name, memory: memory.memory })
            found.reload()
        })
    return (
        <Answer of={found}>
            {({ memories, nicks = {} }) =>
                memories.length === 0 ? (
                    <EmptyState icon="memory" title={t('memory.none', { nick: bot.nick })}>
                        {t('memory.what')}
                    </EmptyState>
                ) : (
                    <ul role="list" class="stack">
                        {memories.map((memory) => (
                            <li key={memory.memory} class="memory">
                                <p>{memory.text}</p>
                                <div class="flow small soft">
                                    <span>
                                        {memory.kind === 'summary'
                                            ? t('memory.summary')
                                            : (nicks[memory.author ?? ''] ?? '')}
                                    </span>
                                    {memory.seq ? <LineLink room={room} seq={memory.seq} /> : null}
                                    {memory.at && <span>{relative(memory.at)}</span>}
                                    {(may(room, 'remember') || memory.author === me) && (
                                        <IconButton
                                            small
                                            icon="trash"
                                            look="danger"
                                            class="push"
                                            label={t('memory.forget')}
                                            onClick={() => forget(memory)}
                                        />
                                    )}
                                </div>
                            </li>
                        ))}
                    </ul>
                )
            }
        </Answer>
    )
}

/** The number of a line, which goes there. */
export function LineLink({ room, seq, children }: { room: Room; seq: number; children?: string }) {
    return (
        <button type="button" class="link" onClick={() => go(room.name.value, seq)}>
            {children ?? t('line.number', { seq: String(seq) })}
        </button>
    )
}
