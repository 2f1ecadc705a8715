/** The moderation log: who did what, for everybody to read; and for moderators who is banned or muted. */

import { useSignal } from '@preact/signals'

import { Badge, Button, EmptyState } from '../../design'
import { t, type Key, type Params } from '../../i18n'
import { moment } from '../../i18n/format'
import type { Body, EventFrame, SanctionInfo } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { attempt, useLoaded } from '../asking'
import { Answer, Section } from '../parts'
import { may } from '../rights'

const PAGE = 50

export function ActsList({ room }: { room: Room }) {
    const name = room.name.value
    const limit = useSignal(PAGE)
    const acts = useLoaded(() => ask('acts', { room: name, limit: limit.value }), [name, limit.value, room.head.value])
    return (
        <div class="stack">
            {may(room, 'see_bans') && <Sanctions room={room} />}
            <Answer of={acts}>
                {({ events, more }) => (
                    <>
                        {events.length === 0 && <EmptyState icon="shield" title={t('acts.none')} />}
                        <ul role="list" class="acts">
                            {events.map((event) => (
                                <li key={event.seq}>
                                    <span>{said(event)}</span>
                                    <span class="small soft">{moment(event.at)}</span>
                                </li>
                            ))}
                        </ul>
                        {more && limit.value < 500 && (
                            <Button small onClick={() => (limit.value += PAGE)}>
                                {t('acts.more')}
                            </Button>
                        )}
                    </>
                )}
            </Answer>
        </div>
    )
}

/** An act in words, with its reason. */
function said({ sender, body }: EventFrame): string {
    const [key, params] = words(body)
    const reason = 'reason' in body && body.reason ? `: ${body.reason}` : ''
    return t(key, { by: sender.nick, ...params }) + reason
}

function words(body: Body): readonly [Key, Params] {
    switch (body.type) {
        case 'redaction':
            return ['acts.redaction', { seq: String(body.target) }]
        case 'kick':
            return ['acts.kick', { nick: body.target.nick }]
        case 'ban':
            return ['acts.ban', { nick: body.target?.nick ?? body.mask ?? body.address ?? '' }]
        case 'unban':
            return ['acts.unban', { nick: body.target?.nick ?? body.mask ?? '' }]
        case 'mute':
            return ['acts.mute', { nick: body.target.nick }]
        case 'unmute':
            return ['acts.unmute', { nick: body.target.nick }]
        case 'role':
            return ['acts.role', { nick: body.target.nick, role: body.role ?? 'member' }]
        case 'invite':
            return ['acts.invite', { nick: body.target.nick }]
        case 'pin':
            return [body.on === false ? 'acts.unpin' : 'acts.pin', { seq: String(body.target) }]
        case 'renamed':
            return ['acts.renamed', { name: body.name }]
        case 'changed':
            return ['acts.changed', {}]
        default:
            return ['acts.other', { type: body.type }]
    }
}

function Sanctions({ room }: { room: Room }) {
    const name = room.name.value
    const found = useLoaded(() => ask('bans', { room: name }), [name, room.head.value])
    if (!found.value?.bans.length) return null
    const lift = (one: SanctionInfo) =>
        attempt(() =>
            one.what === 'ban'
                ? ask('unban', { room: name, ban: one.seq })
                : ask('unmute', { room: name, who: `!${one.id}` }),
        ).then(found.reload)
    return (
        <Section title={t('bans.title')}>
            <ul role="list" class="people">
                {found.value.bans.map((one) => (
                    <li key={one.seq} class="person">
                        <div class="person-words">
                            <div class="flow">
                                <strong class="cut">{one.nick || one.mask || one.address}</strong>
                                <Badge look="danger">{t(one.what === 'ban' ? 'bans.ban' : 'bans.mute')}</Badge>
                            </div>
                            <div class="small soft">
                                {one.until
                                    ? t('bans.until', { by: one.by.nick, until: moment(one.until) })
                                    : t('bans.by', { by: one.by.nick })}
                                {one.reason && `: ${one.reason}`}
                            </div>
                        </div>
                        <Button small class="push" onClick={() => lift(one)}>
                            {t('bans.lift')}
                        </Button>
                    </li>
                ))}
            </ul>
        </Section>
    )
}
