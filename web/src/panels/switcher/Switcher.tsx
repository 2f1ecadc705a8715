/** Ctrl+K: go to a room, somebody, or a part of the page by a few letters. */

import { useSignal } from '@preact/signals'
import type { InputHTMLAttributes } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { Avatar, Count, Dialog, Icon, type IconName } from '../../design'
import { t } from '../../i18n'
import { ask, aside, go, join, me, rooms, type Room } from '../../state'
import { attempt, useLoaded } from '../asking'
import { closeDialog, openDialog } from '../open'
import { ranked } from './rank'

interface Goal {
    readonly key: string
    readonly name: string
    readonly icon?: IconName
    readonly person?: { id: string; nick: string; kind: string }
    readonly below?: string
    readonly unread?: number
    readonly mentions?: number
    run(): void
}

const MOST = 12

export default function Switcher() {
    const typed = useSignal('')
    const at = useSignal(0)
    const list = useRef<HTMLUListElement>(null)
    const others = useLoaded(() => ask('rooms', { limit: 200 }), [])
    const names = new Set(rooms.value.map((room) => room.name.value))
    const elsewhere = (others.value?.rooms ?? []).filter((info) => !names.has(info.room))
    const goals = [
        ...rooms.value.map(ofRoom),
        ...people(),
        ...elsewhere.map((info) => ofAddress(info.room, info.topic ?? '')),
        ...parts(),
    ]
    const shown = ranked(goals, (goal) => goal.name, typed.value).slice(0, MOST)
    const chosen = Math.min(at.value, Math.max(0, shown.length - 1))
    useEffect(() => list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }), [chosen])
    const pick = (goal: Goal | undefined) => {
        if (!goal) return
        closeDialog()
        goal.run()
    }
    const keys = (event: KeyboardEvent) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
        if (by) at.value = (chosen + by + shown.length) % Math.max(1, shown.length)
        else if (event.key === 'Enter') pick(shown[chosen])
        else return
        event.preventDefault()
    }
    const field = {
        class: 'input',
        type: 'text', // in a search field Esc would only empty it
        role: 'combobox',
        'aria-expanded': true,
        'aria-controls': 'switcher-list',
        'aria-activedescendant': shown.length ? `goal-${chosen}` : undefined,
        'aria-label': t('switcher.title'),
        placeholder: t('switcher.where'),
        value: typed.value,
        autofocus: true,
        onInput: (event: { currentTarget: HTMLInputElement }) => {
            typed.value = event.currentTarget.value
            at.value = 0
        },
        onKeyDown: keys,
    }
    return (
        <Dialog title={t('switcher.title')} bare place="top" size="medium" onClose={closeDialog}>
            <div class="switcher">
                <input {...(field as InputHTMLAttributes<HTMLInputElement>)} />
                <ul
                    id="switcher-list"
                    ref={list}
                    role="listbox"
                    aria-label={t('switcher.title')}
                    class="goals plain-list"
                >
                    {shown.map((goal, place) => (
                        <li
                            key={goal.key}
                            id={`goal-${place}`}
                            role="option"
                            aria-selected={place === chosen}
                            class="goal"
                            onClick={() => pick(goal)}
                        >
                            {goal.person ? (
                                <Avatar {...goal.person} size="small" />
                            ) : (
                                <Icon name={goal.icon ?? 'hash'} />
                            )}
                            <span class="cut">{goal.name}</span>
                            {goal.below && <span class="small soft cut goal-below">{goal.below}</span>}
                            <span class="push">
                                <Count
                                    value={goal.unread ?? 0}
                                    loud={(goal.mentions ?? 0) > 0}
                                    label={t('switcher.unread', { count: goal.unread ?? 0 })}
                                />
                            </span>
                        </li>
                    ))}
                </ul>
                {shown.length === 0 && <p class="soft">{t('switcher.none')}</p>}
            </div>
        </Dialog>
    )
}

function ofRoom(room: Room): Goal {
    const name = room.name.value
    const peer = room.peer.value
    return {
        key: name,
        name: room.title,
        ...(peer ? { person: peer } : { icon: room.kind.value === 'private' ? 'lock' : 'hash' }),
        below: room.topic.value,
        unread: room.unread.value,
        mentions: room.mentions.value,
        run: () => go(name),
    }
}

function ofAddress(address: string, below: string): Goal {
    return { key: address, name: address, icon: 'plus', below, run: () => void enter(address) }
}

async function enter(address: string): Promise<void> {
    await attempt(async () => go((await join(address)).name.value))
}

/** People who are in one's rooms just now, and with whom one does not talk alone yet. */
function people(): Goal[] {
    const found = new Map<string, Goal>()
    const peers = new Set(rooms.value.map((room) => room.peer.value?.id))
    for (const room of rooms.value) {
        for (const [id, { nick, kind }] of room.here.people.value) {
            if (id === me.value?.id || peers.has(id) || room.kind.value === 'direct') continue
            found.set(id, {
                key: id,
                name: nick,
                person: { id, nick, kind },
                below: t('switcher.direct'),
                run: () => void enter(`@${nick}`),
            })
        }
    }
    return [...found.values()]
}

function parts(): Goal[] {
    const panel = (name: string, title: string, icon: IconName): Goal => ({
        key: `panel ${name}`,
        name: title,
        icon,
        run: () => (aside.value = { name }),
    })
    return [
        panel('bots', t('bots.title'), 'bot'),
        panel('why', t('why.title'), 'help'),
        panel('search', t('search.title'), 'search'),
        panel('details', t('details.title'), 'info'),
        panel('inspector', t('inspector.title'), 'frames'),
        { key: 'settings', name: t('settings.title'), icon: 'settings', run: () => openDialog('settings') },
        { key: 'shortcuts', name: t('keys.title'), icon: 'keyboard', run: () => openDialog('shortcuts') },
    ]
}
