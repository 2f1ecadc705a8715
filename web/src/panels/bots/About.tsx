/** Who a bot is: when it speaks and where, its model, where lines go, its persona, and what limits its cost. */

import { Meter } from '../../design'
import { t, type Key } from '../../i18n'
import { dollars } from '../../i18n/format'
import type { BotBudget, BotInfo, UsageList } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { useLoaded } from '../asking'
import { Answer, Facts } from '../parts'
import { changes } from './changes'
import { SpentLine } from './Spending'
import { destination, hoursOf, modeOf, models, placeIn, total } from './words'

interface AboutProps {
    room: Room
    bot: BotInfo
    usage: UsageList | null
}

export function About({ room, bot, usage }: AboutProps) {
    const name = room.name.value
    const used = (usage?.used ?? []).filter((row) => row.bot === bot.bot)
    const found = useLoaded(() => ask('bots', { room: name, bot: bot.bot }), [name, bot.bot, changes.value, used.length])
    return (
        <div class="stack">
            <Facts
                rows={[
                    [t('bots.speaks'), <Manner room={name} bot={bot} />],
                    [
                        t('bots.model', { count: models(bot).length }),
                        <span class="mono">{models(bot).join(' → ') || '?'}</span>,
                    ],
                    [t('bots.lines_go'), destination(bot) || t('bots.stay_here')],
                    [t('bots.today'), <SpentLine spent={total(used)} />],
                    [t('bots.bounce'), bot.max_bounce ?? 0],
                ]}
            />
            <Answer of={found}>{({ bots: [one] }) => one && <More bot={one} here={name} />}</Answer>
        </div>
    )
}

/** When it speaks in a room. */
export function Manner({ room, bot }: { room: string; bot: BotInfo }) {
    if (!bot.online) return <>{t('bots.offline')}</>
    const place = placeIn(bot, room)
    const { name, value, says } = modeOf(place?.mode ?? 'mention')
    const said = says ? t(says, { value }) : name
    const hours = name === 'interval' ? hoursOf(place) : ''
    const timed = hours ? t('bots.hours', { said, hours }) : said
    return <>{place?.host ? t('bots.and_host', { said: timed }) : timed}</>
}

/** What is told of one bot only. */
function More({ bot, here }: { bot: BotInfo; here: string }) {
    const elsewhere = (bot.places ?? []).filter((place) => place.room !== here)
    const persona = bot.persona || t(bot.persona_kept ? 'bots.persona_kept' : 'bots.persona_none')
    return (
        <Facts
            rows={[
                [t('bots.persona'), bot.persona ? <Persona text={persona} /> : <span class="soft">{persona}</span>],
                [t('bots.budgets'), <Budgets bot={bot} />],
                elsewhere.length > 0 && [
                    t('bots.places'),
                    <ul role="list">
                        {elsewhere.map(({ room }) => (
                            <li key={room}>
                                <strong>{room}</strong> <Manner room={room} bot={bot} />
                            </li>
                        ))}
                    </ul>,
                ],
            ]}
        />
    )
}

function Persona({ text }: { text: string }) {
    return (
        <p class="persona" tabIndex={0} dir="auto">
            {text}
        </p>
    )
}

const LEVELS: Readonly<Record<string, Key>> = {
    server: 'bots.budget_server',
    room: 'bots.budget_room',
    bot: 'bots.budget_bot',
    person: 'bots.budget_person',
}

function Budgets({ bot }: { bot: BotInfo }) {
    if (!destination(bot)) return <span class="soft">{t('bots.budgets_free')}</span>
    return (
        <div class="stack budgets">
            {(bot.budgets ?? []).map((one) => {
                const label = LEVELS[one.level]
                return label && <Budget key={one.level} label={t(label)} of={one} />
            })}
        </div>
    )
}

function Budget({ label, of }: { label: string; of: BotBudget }) {
    const byTokens = !of.usd && Boolean(of.tokens)
    const most = byTokens ? (of.tokens ?? 0) : (of.usd ?? 0)
    const used = byTokens ? of.used : of.spent
    const text = (amount: number) => (byTokens ? t('spent.tokens', { count: amount }) : dollars(amount))
    if (most && used != null)
        return <Meter label={label} value={used} most={most} text={t('bots.budget_of', { spent: text(used), limit: text(most) })} />
    const limit = most ? t('bots.budget_most', { limit: text(most) }) : t('bots.budget_none')
    return (
        <div class="flow small">
            <span class="soft">{label}</span>
            <span class="push">{used == null || most ? limit : `${text(used)} · ${limit}`}</span>
        </div>
    )
}
