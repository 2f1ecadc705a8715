/** `/why` as a panel: the newest decision of each bot, all about one line, and what they add up to. */

import { useSignal } from '@preact/signals'

import { Button, Tabs } from '../../design'
import { t } from '../../i18n'
import { dollars, number } from '../../i18n/format'
import type { Total } from '../../protocol/types'
import { ask, current, go, type Room } from '../../state'
import { useLoaded } from '../asking'
import { verdictKey } from '../bots/words'
import { toggleAside } from '../open'
import { Answer, AsideFrame, NoRoom } from '../parts'
import { Decisions } from './Decisions'

/** `aside.value = { name: "why", seq: 41 }`; without a line: of late. */
export default function WhyPanel({ seq }: { seq?: number | undefined }) {
    const room = current.value
    if (!room) return <NoRoom />
    return seq ? <OfLine room={room} seq={seq} /> : <OfLate room={room} />
}

function OfLine({ room, seq }: { room: Room; seq: number }) {
    const line = room.version.value >= 0 ? room.line(seq) : undefined
    return (
        <AsideFrame title={t('why.of_line', { seq: String(seq) })}>
            <div class="stack">
                {line && (
                    <button type="button" class="quoted" onClick={() => go(room.name.value, seq)}>
                        <strong>{line.sender.nick}</strong> {line.redacted ? t('line.redacted') : line.text}
                    </button>
                )}
                <Decisions room={room} seq={seq} />
                <Button small look="quiet" icon="left" onClick={() => toggleAside('why')}>
                    {t('why.of_late')}
                </Button>
            </div>
        </AsideFrame>
    )
}

function OfLate({ room }: { room: Room }) {
    const view = useSignal<'late' | 'totals'>('late')
    return (
        <AsideFrame title={t('why.title')}>
            <Tabs
                label={t('why.title')}
                value={view.value}
                onValue={(wanted) => (view.value = wanted)}
                tabs={[
                    ['late', t('why.of_late')],
                    ['totals', t('why.totals')],
                ]}
            >
                {view.value === 'late' ? <Decisions room={room} /> : <Totals room={room} />}
            </Tabs>
        </AsideFrame>
    )
}

function Totals({ room }: { room: Room }) {
    const name = room.name.value
    const found = useLoaded(() => ask('why', { room: name, limit: 1, totals: true }), [name])
    return (
        <Answer of={found}>
            {({ totals = [], nicks = {} }) => (
                <div class="stack">
                    <p class="small soft">{t('why.week')}</p>
                    {[...new Set(totals.map((one) => one.bot))].map((bot) => (
                        <BotTotals
                            key={bot}
                            nick={nicks[bot] ?? '?'}
                            totals={totals.filter((one) => one.bot === bot)}
                        />
                    ))}
                    {totals.length === 0 && <p class="soft">{t('why.none')}</p>}
                </div>
            )}
        </Answer>
    )
}

function BotTotals({ nick, totals }: { nick: string; totals: readonly Total[] }) {
    return (
        <table class="figures">
            <thead>
                <tr>
                    <th scope="col">{nick}</th>
                    <th scope="col">{t('why.rule')}</th>
                    <th scope="col">{t('why.line_count')}</th>
                    <th scope="col">{t('spent.tokens_short')}</th>
                    <th scope="col">{t('spent.cost')}</th>
                </tr>
            </thead>
            <tbody>
                {totals.map((one) => (
                    <tr key={`${one.verdict} ${one.rule}`}>
                        <th scope="row">{t(verdictKey(one.verdict))}</th>
                        <td class="mono">{one.rule}</td>
                        <td>{number(one.lines ?? 0)}</td>
                        <td>{number(one.tokens ?? 0)}</td>
                        <td>{dollars(one.cost ?? 0)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    )
}
