import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

import { Badge, Button, Dialog, Icon, IconButton, TextField } from '../design'
import { t } from '../i18n'
import { dollars, list } from '../i18n/format'
import { toggleAside } from '../panels/open'
import type { BotInfo } from '../protocol/types'
import { aside, ask, atTime, go, online, Refused, type Room } from '../state'
import { told } from '../app/telling'
import { ReadAloud } from '../voice/aloud'
import { listOpen, Waiting } from '../rooms/list'

/** What the room is: its name and topic, who is here, which bots, and what it cost today. */
export function RoomHead({ room }: { room: Room }) {
    const direct = room.kind.value === 'direct'
    const choosing = useSignal(false)
    return (
        <header class="room-head">
            <span class="room-list">
                <IconButton icon="menu" label={t('rooms.open')} onClick={() => (listOpen.value = true)} />
                <Waiting />
            </span>
            <div class="room-name">
                <h1 class="cut" dir="auto">{room.title}</h1>
                {room.kind.value === 'private' && <Icon name="lock" size={16} />}
                {room.settings.value.archived && <Badge>{t('room.archived')}</Badge>}
                <span class="room-topic cut soft" dir="auto">{room.topic.value}</span>
            </div>
            {!direct && <Bots room={room} />}
            <Button small look="quiet" icon="people" class="room-people" onClick={() => toggleAside('details')}>
                {online.value && room.here.count.value}
                <span class="unseen"> {t('room.here')}</span>
            </Button>
            <IconButton
                icon="calendar"
                label={t('room.date')}
                class="room-wide"
                onClick={() => (choosing.value = true)}
            />
            <IconButton
                icon="search"
                label={t('room.search')}
                pressed={aside.value?.name === 'search'}
                onClick={() => toggleAside('search')}
            />
            <IconButton
                icon="panel"
                label={t('room.details')}
                class="room-wide"
                pressed={aside.value?.name === 'details'}
                onClick={() => toggleAside('details')}
            />
            <ReadAloud room={room} />
            {choosing.value && <ChooseDate room={room} close={() => (choosing.value = false)} />}
        </header>
    )
}

/** Which bots are here, how they are, and what the room cost today: the way to their panel. */
function Bots({ room }: { room: Room }) {
    const bots = useSignal<readonly BotInfo[]>([])
    const cost = useSignal(0)
    const here = room.here.people.value
    const known = [...here.values()].filter((one) => one.kind === 'bot').length
    useEffect(() => {
        if (!online.value) return
        const learn = async () => {
            bots.value = (await ask('bots', { room: room.name.value })).bots
            cost.value = (await ask('usage', { room: room.name.value })).used.reduce(
                (sum, one) => sum + (one.cost ?? 0),
                0,
            )
        }
        learn().catch((why: unknown) => {
            if (!(why instanceof Refused)) throw why // not ours to see: the header does without
        })
    }, [room, known, online.value])
    if (!bots.value.length) return null
    const names = bots.value.map((one) => one.nick)
    return (
        <button
            type="button"
            class="room-bots"
            data-tip={bots.value.map((one) => modeOf(one, room)).join('\n')}
            onClick={() => toggleAside('bots')}
        >
            <Icon name="bot" size={16} />
            <span class="cut">{names.length > 2 ? t('room.bots', { count: names.length }) : list(names)}</span>
            <span class="faint">{cost.value ? dollars(cost.value) : t('room.free')}</span>
        </button>
    )
}

function modeOf(bot: BotInfo, room: Room): string {
    const place = bot.places?.find((one) => one.room === room.name.value)
    return t('room.bot', { nick: bot.nick, mode: place?.mode ?? 'mention' })
}

/** Go to a day. */
function ChooseDate({ room, close }: { room: Room; close: () => void }) {
    const wanted = useSignal(new Date().toLocaleDateString('sv'))
    const jump = async () => {
        const seq = await atTime(room, new Date(`${wanted.value}T00:00:00`).getTime())
        close()
        if (seq) go(room.name.value, seq)
    }
    const actions = (
        <Button look="primary" onClick={() => told(jump())}>
            {t('date.go')}
        </Button>
    )
    return (
        <Dialog title={t('room.date')} size="small" onClose={close} actions={actions}>
            <TextField
                type="date"
                label={t('date.day')}
                value={wanted.value}
                max={new Date().toLocaleDateString('sv')}
                onValue={(value) => (wanted.value = value)}
                onKeyDown={(event) => event.key === 'Enter' && told(jump())}
                autofocus
            />
        </Dialog>
    )
}
