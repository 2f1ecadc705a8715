/** What bots have used in a room: by bot, model and person. */

import { useSignal } from '@preact/signals'

import { Choice } from '../../design'
import { t } from '../../i18n'
import { dollars, number } from '../../i18n/format'
import type { Used } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { useLoaded } from '../asking'
import { Answer, Section } from '../parts'
import { speechOf, total, totalsBy, type Spent } from './words'

/** "3 answers · 908 tokens · $0.0004" */
export function SpentLine({ spent }: { spent: Spent }) {
    const parts = [t('spent.answers', { count: spent.turns }), t('spent.tokens', { count: spent.tokens })]
    return <>{[...parts, ...(spent.cost > 0 ? [dollars(spent.cost)] : [])].join(' · ')}</>
}

/** A table of it. Without a room: of the whole server, for its owners. */
export function Spending({ room }: { room: Room | null }) {
    const days = useSignal<'1' | '7' | '30'>('1')
    const name = room?.name.value
    const usage = useLoaded(
        () => ask('usage', { ...(name === undefined ? {} : { room: name }), days: Number(days.value) }),
        [name, days.value, room?.head.value],
    )
    return (
        <Section title={t('spent.title')}>
            <Choice
                small
                label={t('spent.span')}
                value={days.value}
                onValue={(value) => (days.value = value)}
                options={[
                    ['1', t('spent.today')],
                    ['7', t('spent.days', { count: 7 })],
                    ['30', t('spent.days', { count: 30 })],
                ]}
            />
            <Answer of={usage}>
                {({ used, nicks = {} }) => {
                    if (!used.length) return <p class="soft small">{t('spent.nothing')}</p>
                    const bots = used.filter((row) => !row.speech)
                    const called = (id: string) => nicks[id] ?? (id ? id.slice(0, 6) : t('spent.nobody'))
                    return (
                        <>
                            {bots.length > 0 && (
                                <>
                                    <Table
                                        caption={t('spent.by_bot')}
                                        rows={totalsBy(bots, (row) => called(row.bot))}
                                    />
                                    <Table
                                        caption={t('spent.by_model')}
                                        rows={totalsBy(bots, (row) => row.model || '?')}
                                    />
                                </>
                            )}
                            <Speech used={used} />
                            <Table
                                caption={t('spent.by_person')}
                                rows={totalsBy(used, (row) => called(row.person ?? ''))}
                            />
                            {!room && (
                                <Table caption={t('spent.by_room')} rows={totalsBy(used, (row) => row.room || '?')} />
                            )}
                            <p class="small soft">
                                {t('spent.all')} <SpentLine spent={total(used)} />
                            </p>
                        </>
                    )
                }}
            </Answer>
        </Section>
    )
}

/** What services have listened to and spoken, where any has. */
function Speech({ used }: { used: readonly Used[] }) {
    const rows = speechOf(used)
    if (!rows.length) return null
    return (
        <table class="figures">
            <thead>
                <tr>
                    <th scope="col">{t('spent.speech')}</th>
                    <th scope="col">{t('spent.times')}</th>
                    <th scope="col">{t('spent.amount')}</th>
                    <th scope="col">{t('spent.cost')}</th>
                </tr>
            </thead>
            <tbody>
                {rows.map(({ what, model, turns, amount, cost }) => (
                    <tr key={what + model}>
                        <th scope="row">
                            {t(what === 'listen' ? 'spent.listen' : 'spent.speak')} · {model}
                        </th>
                        <td>{number(turns)}</td>
                        <td>{t(what === 'listen' ? 'spent.seconds' : 'spent.characters', { count: number(Math.round(amount)) })}</td>
                        <td>{dollars(cost)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    )
}

function Table({ caption, rows }: { caption: string; rows: readonly (readonly [string, Spent])[] }) {
    return (
        <table class="figures">
            <thead>
                <tr>
                    <th scope="col">{caption}</th>
                    <th scope="col">{t('spent.answers_short')}</th>
                    <th scope="col">{t('spent.tokens_short')}</th>
                    <th scope="col">{t('spent.cost')}</th>
                </tr>
            </thead>
            <tbody>
                {rows.map(([name, spent]) => (
                    <tr key={name}>
                        <th scope="row">{name}</th>
                        <td>{number(spent.turns)}</td>
                        <td>{number(spent.tokens)}</td>
                        <td>{dollars(spent.cost)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    )
}
