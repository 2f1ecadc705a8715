/** Why bots spoke, or were silent: verdicts with their sentences, rules and costs. */

import { EmptyState, Icon, type IconName } from '../../design'
import { t } from '../../i18n'
import { dollars, number, relative } from '../../i18n/format'
import type { Verdict } from '../../protocol/types'
import { ask, type Room } from '../../state'
import { linesOf, verdictKey } from '../bots/words'
import { LineLink } from '../bots/Memories'
import { useLoaded } from '../asking'
import { Answer } from '../parts'

const LATEST = 50

const ICONS: Readonly<Record<string, IconName>> = {
    answered: 'check',
    passed: 'pause',
    not_addressed: 'mute',
    capped: 'stop',
    cooling: 'clock',
    over_budget: 'coin',
    failed: 'warn',
}

interface DecisionsProps {
    room: Room
    /** Only of this bot. */
    bot?: string
    /** Only about this line; absent: the newest. */
    seq?: number | undefined
}

/** A list of them, the newest first. */
export function Decisions({ room, bot, seq }: DecisionsProps) {
    const name = room.name.value
    const fields = { room: name, limit: LATEST, ...(seq ? { seq } : {}) }
    const found = useLoaded(() => ask('why', fields), [name, seq, room.head.value, told(room)])
    return (
        <Answer of={found}>
            {({ verdicts, nicks = {} }) => {
                const shown = verdicts.filter((one) => !bot || one.bot === bot)
                if (!shown.length) return <EmptyState icon="help" title={t('why.none')} />
                return (
                    <ul role="list" class="stack">
                        {shown.map((one) => (
                            <li key={`${one.bot} ${one.first} ${one.rule} ${one.at}`}>
                                <Decision room={room} verdict={one} nick={nicks[one.bot] ?? '?'} />
                            </li>
                        ))}
                    </ul>
                )
            }}
        </Answer>
    )
}

/** Moves when a verdict was told. */
const told = (room: Room): number => room.decisions.value.size

/** One of them, in words. */
export function Decision({ room, verdict, nick }: { room: Room; verdict: Verdict; nick: string }) {
    const tokens = (verdict.tokens_in ?? 0) + (verdict.tokens_out ?? 0)
    const lines = linesOf(verdict)
    return (
        <article class={`decision decision-${verdict.verdict}`}>
            <Icon name={ICONS[verdict.verdict] ?? 'info'} size={16} />
            <div>
                <p>
                    {verdict.words || t('why.plain', { nick, did: t(verdictKey(verdict.verdict)), rule: verdict.rule })}
                </p>
                <p class="small soft flow wrap">
                    {lines && (
                        <LineLink room={room} seq={verdict.last}>
                            {t('why.lines', { count: verdict.last - verdict.first + 1, lines })}
                        </LineLink>
                    )}
                    <span class="mono">{verdict.rule}</span>
                    {verdict.model && <span class="mono">{verdict.model}</span>}
                    {tokens > 0 && (
                        <span>
                            {t('why.tokens', {
                                in: number(verdict.tokens_in ?? 0),
                                out: number(verdict.tokens_out ?? 0),
                            })}
                        </span>
                    )}
                    {(verdict.cost ?? 0) > 0 && <span>{dollars(verdict.cost ?? 0)}</span>}
                    {verdict.first_token ? (
                        <span>{t('why.first', { seconds: number(verdict.first_token, SECONDS) })}</span>
                    ) : null}
                    {verdict.took ? <span>{t('why.took', { seconds: number(verdict.took, SECONDS) })}</span> : null}
                    {verdict.at && <span>{relative(verdict.at)}</span>}
                </p>
            </div>
        </article>
    )
}

const SECONDS = { maximumFractionDigits: 1 }
