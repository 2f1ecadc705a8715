/** The bots of a room: who they are, where lines go, when they speak, what they cost; and those that may be fetched. */

import { useSignal } from '@preact/signals'

import { Badge, Button, EmptyState, Menu, Tabs } from '../../design'
import { t } from '../../i18n'
import type { BotInfo, UsageList } from '../../protocol/types'
import { ask, current, me, type Room } from '../../state'
import { attempt, useLoaded } from '../asking'
import { openDialog, toggleAside } from '../open'
import { Answer, AsideFrame, NoRoom, PersonRow, Section } from '../parts'
import { may } from '../rights'
import { TalkButtons } from '../talk/TalkButtons'
import { About, Manner } from './About'
import { changes } from './changes'
import { Memories } from './Memories'
import { SpentLine, Spending } from './Spending'
import { Decisions } from '../why/Decisions'
import { destination, total } from './words'

/** `aside.value = { name: "bots" }`; with `who`, the id of one of them. */
export default function BotsPanel({ who }: { who?: string | undefined }) {
    const room = current.value
    return room ? <BotsOf key={room.id} room={room} who={who} /> : <NoRoom />
}

function BotsOf({ room, who }: { room: Room; who?: string | undefined }) {
    const name = room.name.value
    const bots = useLoaded(() => everyBot(name), [name, comings(room), changes.value])
    const usage = useLoaded(() => ask('usage', { room: name, days: 1 }), [name, room.head.value])
    return (
        <AsideFrame
            title={who ? nickOf(bots.value?.here, who) : t('bots.title')}
            tools={!who && may(room, 'bots') && <AddButton />}
        >
            <Answer of={bots}>
                {({ here, elsewhere }) => {
                    const one = here.find((bot) => bot.bot === who)
                    if (who && one)
                        return <BotDetails room={room} bot={one} usage={usage.value} changed={bots.reload} />
                    return (
                        <BotList
                            room={room}
                            here={here}
                            elsewhere={elsewhere}
                            usage={usage.value}
                            changed={bots.reload}
                        />
                    )
                }}
            </Answer>
        </AsideFrame>
    )
}

/** Moves when somebody comes or goes. */
const comings = (room: Room): string => `${room.count.value} ${room.here.count.value}`

async function everyBot(room: string): Promise<{ here: readonly BotInfo[]; elsewhere: readonly BotInfo[] }> {
    const [here, all] = await Promise.all([ask('bots', { room }), ask('bots', {})])
    const ids = new Set(here.bots.map((bot) => bot.bot))
    return { here: here.bots, elsewhere: all.bots.filter((bot) => !ids.has(bot.bot)) }
}

const nickOf = (bots: readonly BotInfo[] | undefined, id: string): string =>
    bots?.find((bot) => bot.bot === id)?.nick ?? t('bots.title')

function AddButton() {
    return (
        <Button small icon="plus" onClick={() => openDialog('bot')}>
            {t('bots.add')}
        </Button>
    )
}

// -- the list ------------------------------------------------------------------------------------

interface ListProps {
    room: Room
    here: readonly BotInfo[]
    elsewhere: readonly BotInfo[]
    usage: UsageList | null
    changed: () => void
}

function BotList({ room, here, elsewhere, usage, changed }: ListProps) {
    return (
        <div class="stack">
            <TalkButtons room={room} bots={here} />
            {here.length === 0 && (
                <EmptyState icon="bot" title={t('bots.none')}>
                    {may(room, 'bots') ? t('bots.none_add') : t('bots.none_ask')}
                </EmptyState>
            )}
            <ul role="list" class="stack">
                {here.map((bot) => (
                    <li key={bot.bot}>
                        <BotCard room={room} bot={bot} usage={usage} />
                    </li>
                ))}
            </ul>
            {usage && <Spending room={room} />}
            {elsewhere.length > 0 && may(room, 'bots') && <Elsewhere room={room} bots={elsewhere} changed={changed} />}
        </div>
    )
}

function BotCard({ room, bot, usage }: { room: Room; bot: BotInfo; usage: UsageList | null }) {
    const spent = total((usage?.used ?? []).filter((row) => row.bot === bot.bot))
    return (
        <button type="button" class="bot-card" onClick={() => toggleAside('bots', { who: bot.bot })}>
            <PersonRow
                id={bot.bot}
                nick={bot.nick}
                kind="bot"
                presence={bot.online ? 'online' : 'offline'}
                badges={<WhereBadge bot={bot} />}
                below={<Manner room={room.name.value} bot={bot} />}
            />
            {spent.turns > 0 && (
                <span class="small soft bot-spent">
                    <SpentLine spent={spent} />
                </span>
            )}
        </button>
    )
}

/** Whether lines leave this machine. */
export function WhereBadge({ bot }: { bot: BotInfo }) {
    const where = destination(bot)
    return where ? <Badge look="warn">→ {where}</Badge> : <Badge look="good">{t('bots.local')}</Badge>
}

function Elsewhere({ room, bots, changed }: { room: Room; bots: readonly BotInfo[]; changed: () => void }) {
    const fetch = (bot: BotInfo) =>
        attempt(async () => {
            await ask('bot', { room: room.name.value, do: 'add', nick: bot.nick })
            changed()
        })
    return (
        <Section title={t('bots.elsewhere')}>
            <ul role="list" class="stack">
                {bots.map((bot) => (
                    <li key={bot.bot}>
                        <PersonRow
                            id={bot.bot}
                            nick={bot.nick}
                            kind="bot"
                            below={bot.model}
                            badges={<WhereBadge bot={bot} />}
                        >
                            <Button small onClick={() => fetch(bot)}>
                                {t('bots.fetch')}
                            </Button>
                        </PersonRow>
                    </li>
                ))}
            </ul>
        </Section>
    )
}

// -- one of them ----------------------------------------------------------------------------------

type View = 'about' | 'why' | 'memory'

interface DetailsProps {
    room: Room
    bot: BotInfo
    usage: UsageList | null
    changed: () => void
}

function BotDetails({ room, bot, usage, changed }: DetailsProps) {
    const view = useSignal<View>('about')
    return (
        <div class="stack">
            <div class="flow">
                <Button small look="quiet" icon="left" onClick={() => toggleAside('bots')}>
                    {t('bots.all')}
                </Button>
                {may(room, 'bots') && <BotMenu room={room} bot={bot} changed={changed} />}
            </div>
            <Tabs
                label={bot.nick}
                value={view.value}
                onValue={(wanted) => (view.value = wanted)}
                tabs={[
                    ['about', t('bots.about')],
                    ['why', t('bots.decisions')],
                    ['memory', t('bots.memory')],
                ]}
            >
                {view.value === 'about' && <About room={room} bot={bot} usage={usage} />}
                {view.value === 'why' && <Decisions room={room} bot={bot.bot} />}
                {view.value === 'memory' && <Memories room={room} bot={bot} me={me.value?.id ?? ''} />}
            </Tabs>
        </div>
    )
}

function BotMenu({ room, bot, changed }: Omit<DetailsProps, 'usage'>) {
    const remove = () =>
        attempt(async () => {
            await ask('bot', { room: room.name.value, do: 'remove', nick: bot.nick })
            changed()
            toggleAside('bots')
        })
    return (
        <span class="push">
            <Menu
                label={t('bots.more', { nick: bot.nick })}
                items={[
                    { label: t('bots.change'), icon: 'edit', onPick: () => openDialog('bot', { nick: bot.nick }) },
                    { label: t('bots.remove'), icon: 'leave', danger: true, onPick: remove },
                ]}
            />
        </span>
    )
}
