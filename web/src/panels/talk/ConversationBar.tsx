/** A bar above the composer while bots talk with each other: who, about what, which turn, and how to end it. */

import { useEffect } from 'preact/hooks'
import { useSignal } from '@preact/signals'

import { Button, Icon } from '../../design'
import { t } from '../../i18n'
import { duration, list } from '../../i18n/format'
import { ask, type Room } from '../../state'
import { attempt } from '../asking'
import { may } from '../rights'
import { goesOn, type Conversation } from './conversation'
import { talkIn } from './talking'

/** Renders nothing where no conversation is on. */
export function ConversationBar({ room }: { room: Room }) {
    const talk = talkIn(room)
    const now = useSignal(Date.now())
    useEffect(() => {
        if (!talk) return undefined
        now.value = Date.now()
        const timer = setInterval(() => (now.value = Date.now()), 1000)
        return () => clearInterval(timer)
    }, [talk?.seq])
    if (!talk || (!talk.interrupted && !goesOn(talk, now.value))) return null
    return <Bar room={room} talk={talk} now={now.value} />
}

function Bar({ room, talk, now }: { room: Room; talk: Conversation; now: number }) {
    const name = room.name.value
    const bots = list(talk.bots)
    const left = duration(Math.max(0, Math.round((talk.until - now) / 1000)))
    return (
        <div class="talk-bar" role="group" aria-label={t('talk.title')}>
            <Icon name="duet" />
            <div class="talk-words">
                <div class="cut">
                    {talk.topic ? t('talk.about', { bots, topic: talk.topic }) : t('talk.talk', { bots })}
                </div>
                <div class="small soft">
                    {talk.interrupted
                        ? t('talk.interrupted')
                        : t('talk.turn', { turn: talk.said + 1, turns: talk.turns, left })}
                </div>
            </div>
            <span class="push flow">
                {talk.interrupted > 0 && may(room, 'stop') && (
                    <Button small icon="play" onClick={() => attempt(() => ask('continue', { room: name }))}>
                        {t('talk.continue')}
                    </Button>
                )}
                {may(room, 'stop') && (
                    <Button small icon="stop" onClick={() => attempt(() => ask('stop', { room: name }))}>
                        {t('talk.stop')}
                    </Button>
                )}
            </span>
        </div>
    )
}
