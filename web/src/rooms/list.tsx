import { signal, useSignal } from '@preact/signals'

import { Avatar, Button, Count, EmptyState, Icon, IconButton, type IconName } from '../design'
import { t, type Key } from '../i18n'
import { openDialog } from '../panels/open'
import { written } from '../panels/shortcuts/keys'
import { order } from '../panels/shortcuts/table'
import { current, go, invitations, join, me, mentionsInAll, rooms, type Room } from '../state'
import { told } from '../app/telling'
import { fitting } from '../composer/completing'
import { Me } from './me'
import { move, ordered } from './order'

/** Whether the list is in front, where there is no room for it beside the timeline. */
export const listOpen = signal(false)

const dragged = signal<Room | null>(null)

/** The rooms one is in: named ones and direct ones, filtered by what is typed. */
export function RoomList() {
    const wanted = useSignal('')
    const all = ordered(rooms.value)
    const shown = wanted.value ? fitting(all, wanted.value, (room) => room.title, 50) : all
    const named = shown.filter((room) => room.kind.value !== 'direct')
    const direct = shown.filter((room) => room.kind.value === 'direct')
    order.rooms = () => [...named, ...direct].map((room) => room.name.value)
    return (
        <nav class="side" aria-label={t('rooms.label')}>
            <header class="side-head">
                <span class="brand">
                    <Mark />
                    {t('app.name')}
                </span>
                <IconButton
                    icon="plus"
                    label={t('rooms.more')}
                    keys={written('Mod+K')}
                    onClick={() => openDialog('switcher')}
                    class="push"
                />
                <IconButton
                    icon="close"
                    label={t('rooms.close')}
                    class="side-close"
                    onClick={() => (listOpen.value = false)}
                />
            </header>
            <Filter wanted={wanted} first={shown[0]} />
            <div class="side-rooms scroll">
                <Invitations />
                <Group title="rooms.named" rooms={named} />
                <Group title="rooms.direct" rooms={direct} />
                {!shown.length && wanted.value && <NotThere name={wanted.value} />}
            </div>
            <Me />
        </nav>
    )
}

/** Our sign: two people's words that overlap. */
export function Mark() {
    return (
        <svg class="sign" viewBox="0 0 32 32" aria-hidden="true">
            <path
                class="sign-back"
                d="M4 6.500A3.500 3.500 0 0 1 7.500 3h11A3.500 3.500 0 0 1 22 6.500v6a3.500 3.500 0 0 1-3.500 3.500H12l-5 4v-4.100A3.500 3.500 0 0 1 4 12.500z"
            />
            <path
                class="sign-front"
                d="M28 15.500v6a3.500 3.500 0 0 1-3 3.460V29l-5-4h-6.500a3.500 3.500 0 0 1-3.500-3.500v-.700L13.300 19h5.200a6.500 6.500 0 0 0 6.500-6.500V12a3.500 3.500 0 0 1 3 3.500z"
            />
        </svg>
    )
}

function Filter({ wanted, first }: { wanted: { value: string }; first: Room | undefined }) {
    return (
        <div class="side-filter">
            <Icon name="search" size={16} />
            <input
                type="search"
                name="rooms"
                class="input"
                placeholder={t('rooms.filter')}
                aria-label={t('rooms.filter')}
                value={wanted.value}
                onInput={(event) => (wanted.value = event.currentTarget.value)}
                onKeyDown={(event) => {
                    if (event.key === 'Enter' && first) enter(first)
                    if (event.key === 'Escape' || (event.key === 'Enter' && first)) wanted.value = ''
                }}
            />
        </div>
    )
}

function enter(room: Room): void {
    listOpen.value = false
    go(room.name.value)
}

/** What is typed is no room of ours: it may be one to enter. */
function NotThere({ name }: { name: string }) {
    const room = /^[#@!]/.test(name) ? name : `#${name}`
    const open = () => told(join(room).then((found) => enter(found)))
    return (
        <EmptyState title={t('rooms.none')}>
            <Button small icon="plus" onClick={open}>
                {t('rooms.enter', { room })}
            </Button>
        </EmptyState>
    )
}

function Invitations() {
    return (
        <>
            {invitations.value.map((name) => (
                <div class="invitation" key={name}>
                    <span class="cut">{t('rooms.invited', { room: name })}</span>
                    <Button small onClick={() => told(accept(name))}>
                        {t('rooms.accept')}
                    </Button>
                </div>
            ))}
        </>
    )
}

async function accept(name: string): Promise<void> {
    enter(await join(name))
    invitations.value = invitations.value.filter((one) => one !== name)
}

function Group({ title, rooms: list }: { title: Key; rooms: readonly Room[] }) {
    if (!list.length) return null
    return (
        <section>
            <h2 class="side-title">{t(title)}</h2>
            <ul class="plain-list">
                {list.map((room) => (
                    <Entry key={room.name.value} room={room} list={list} />
                ))}
            </ul>
        </section>
    )
}

const ICONS: Record<string, IconName> = { public: 'hash', private: 'lock' }

function Entry({ room, list }: { room: Room; list: readonly Room[] }) {
    const here = current.value === room
    const unread = room.unread.value
    const mentions = room.kind.value === 'direct' ? unread : room.mentions.value
    const looks = [
        'entry',
        here && 'entry-here',
        unread > 0 && 'entry-unread',
        dragged.value === room && 'entry-dragged',
    ]
    const onKey = (event: KeyboardEvent) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
        if (!step || !event.altKey || !event.shiftKey) return
        event.preventDefault()
        event.stopPropagation()
        const at = list.indexOf(room) + step + (step > 0 ? 1 : 0)
        if (at >= 0) move(list, room, list[at] ?? null)
    }
    return (
        <li
            draggable
            onDragStart={() => (dragged.value = room)}
            onDragEnd={() => (dragged.value = null)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
                event.preventDefault()
                if (dragged.value && dragged.value !== room) move(list, dragged.value, room)
            }}
        >
            <button
                type="button"
                class={looks.filter(Boolean).join(' ')}
                aria-current={here ? 'page' : undefined}
                onClick={() => enter(room)}
                onKeyDown={onKey}
            >
                <Face room={room} />
                <span class="cut entry-name" dir="auto">{room.title.replace(/^#/, '')}</span>
                <Count
                    value={mentions || unread}
                    loud={mentions > 0}
                    label={t(mentions ? 'rooms.mentions' : 'rooms.unread', { count: mentions || unread })}
                />
            </button>
        </li>
    )
}

function Face({ room }: { room: Room }) {
    const peer = room.peer.value
    if (!peer) return <Icon name={ICONS[room.kind.value] ?? 'hash'} size={16} />
    const way = room.here.people.value.get(peer.id)?.way ?? 'offline'
    return (
        <Avatar
            id={peer.id}
            nick={peer.nick}
            kind={peer.kind}
            size="small"
            presence={way === 'reconnecting' ? 'idle' : way}
        />
    )
}

/** How much waits elsewhere: for the button that brings the list to the front. */
export function Waiting() {
    const here = current.value
    const count = mentionsInAll.value - (here?.mentions.value ?? 0)
    return me.value ? <Count value={count} loud label={t('rooms.mentions', { count })} /> : null
}
