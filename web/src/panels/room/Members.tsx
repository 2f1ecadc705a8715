/** Who is in a room: roles, presence, and what one may do about each. */

import { useSignal } from '@preact/signals'

import { Badge, Button, Menu, TextField, type Item } from '../../design'
import { t, type Key } from '../../i18n'
import type { MemberInfo } from '../../protocol/types'
import { ask, go, join, me, type Room } from '../../state'
import { attempt, useLoaded } from '../asking'
import { toggleAside } from '../open'
import { Answer, PersonRow } from '../parts'
import { above, may, roleIn } from '../rights'
import { Inviting } from './Inviting'
import { SanctionDialog, type Act } from './SanctionDialog'

const PAGE = 100
const SEARCHED = 12 // members from which on there is a field to look for one

const ROLES: Readonly<Record<string, Key>> = {
    owner: 'role.owner',
    moderator: 'role.moderator',
    member: 'role.member',
}

export interface Sanctioning {
    readonly act: Act
    readonly member: MemberInfo
}

/** The list, the newest state of which is asked for when somebody comes, goes, or changes. */
export function Members({ room, who }: { room: Room; who?: string | undefined }) {
    const name = room.name.value
    const limit = useSignal(PAGE)
    const wanted = useSignal('')
    const sanctioning = useSignal<Sanctioning | null>(null)
    const members = useLoaded(
        () => everyMember(name, limit.value),
        [name, limit.value, room.count.value, room.here.people.value],
    )
    return (
        <div class="stack">
            {may(room, 'invite') && <Inviting room={room} />}
            <Answer of={members}>
                {({ all, more, count }) => (
                    <>
                        {count > SEARCHED && (
                            <TextField
                                bare
                                type="search"
                                label={t('members.find')}
                                placeholder={t('members.find')}
                                value={wanted.value}
                                onValue={(v) => (wanted.value = v)}
                                plain
                            />
                        )}
                        <ul role="list" class="people">
                            {sorted(all, wanted.value, who).map((member) => (
                                <li key={member.id} class={member.id === who ? 'person-chosen' : ''}>
                                    <Member
                                        room={room}
                                        member={member}
                                        changed={members.reload}
                                        sanction={(act) => (sanctioning.value = { act, member })}
                                    />
                                </li>
                            ))}
                        </ul>
                        {more && (
                            <Button small onClick={() => (limit.value += PAGE)}>
                                {t('members.more')}
                            </Button>
                        )}
                    </>
                )}
            </Answer>
            {sanctioning.value && (
                <SanctionDialog
                    room={room}
                    {...sanctioning.value}
                    close={() => {
                        sanctioning.value = null
                        members.reload()
                    }}
                />
            )}
        </div>
    )
}

async function everyMember(room: string, limit: number): Promise<{ all: MemberInfo[]; more: boolean; count: number }> {
    const all: MemberInfo[] = []
    for (;;) {
        const after = all.at(-1)?.nick
        const page = await ask('members', { room, limit: 500, ...(after === undefined ? {} : { after }) })
        all.push(...page.members)
        if (!page.more || all.length >= limit) return { all, more: Boolean(page.more), count: page.count }
    }
}

const RANKS: Readonly<Record<string, number>> = { owner: 0, moderator: 1 }

/** Who is looked for, then who is here, then the others; among these by role and nick. */
function sorted(members: readonly MemberInfo[], wanted: string, who = ''): MemberInfo[] {
    const rank = (one: MemberInfo) => (one.id === who ? -1 : (one.online ? 0 : 10) + (RANKS[one.role ?? ''] ?? 2))
    return members
        .filter((one) => one.nick.toLowerCase().includes(wanted.trim().toLowerCase()))
        .sort((a, b) => rank(a) - rank(b) || a.nick.localeCompare(b.nick))
}

interface MemberProps {
    room: Room
    member: MemberInfo
    changed: () => void
    sanction: (act: Act) => void
}

function Member({ room, member, changed, sanction }: MemberProps) {
    const role = ROLES[member.role ?? 'member']
    const items = itemsFor({ room, member, changed, sanction })
    return (
        <PersonRow
            id={member.id}
            nick={member.nick}
            kind={member.kind}
            presence={member.online ? (member.state ?? 'online') : 'offline'}
            badges={role && member.role !== 'member' && <Badge>{t(role)}</Badge>}
            below={member.text || (member.id === me.value?.id ? t('members.you') : '')}
        >
            {items.length > 0 && <Menu small label={t('members.actions', { nick: member.nick })} items={items} />}
        </PersonRow>
    )
}

function itemsFor({ room, member, changed, sanction }: MemberProps): Item[] {
    if (member.id === me.value?.id) return []
    const who = `!${member.id}`
    const name = room.name.value
    const role = member.role ?? 'member'
    const higher = above(roleIn(room), role)
    const items: Item[] = []
    if (room.kind.value !== 'direct') {
        items.push({
            label: t('members.direct'),
            icon: 'reply',
            onPick: () => attempt(async () => go((await join(`@${member.nick}`)).name.value)),
        })
    }
    if (member.kind === 'bot')
        items.push({ label: t('members.bot'), icon: 'bot', onPick: () => toggleAside('bots', { who: member.id }) })
    if (may(room, 'role') && ROLES[role]) {
        for (const [value, key] of Object.entries(ROLES) as [
            keyof typeof ROLES & ('owner' | 'moderator' | 'member'),
            Key,
        ][]) {
            const set = () => attempt(() => ask('role', { room: name, who, role: value })).then(changed)
            items.push({
                label: t('members.make', { role: t(key) }),
                checked: role === value,
                apart: value === 'owner',
                onPick: set,
            })
        }
    }
    if (higher && may(room, 'mute')) {
        items.push({ label: t('members.mute'), icon: 'mute', apart: true, onPick: () => sanction('mute') })
        items.push({
            label: t('members.unmute'),
            icon: 'sound',
            onPick: () => attempt(() => ask('unmute', { room: name, who })).then(changed),
        })
    }
    if (higher && may(room, 'kick'))
        items.push({ label: t('members.kick'), icon: 'leave', danger: true, onPick: () => sanction('kick') })
    if (higher && may(room, 'ban'))
        items.push({ label: t('members.ban'), icon: 'shield', danger: true, onPick: () => sanction('ban') })
    return items
}
