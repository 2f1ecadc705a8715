/** Bots in words: what they run on, where lines go, when they speak, what they have used. Pure. */

import type { Key } from '../../i18n'
import type { BotInfo, BotPlace, Used, Verdict } from '../../protocol/types'

export const MODES = ['mention', 'lines', 'interval', 'keywords', 'schedule', 'lively', 'off'] as const
export type ModeName = (typeof MODES)[number]

/** Of modes that take a value: what is suggested. */
export const SUGGESTED: Readonly<Partial<Record<ModeName, string>>> = {
    lines: '5',
    interval: '300',
    keywords: 'tea, coffee',
    schedule: '0 9 * * 1-5',
}

const SAYS: Readonly<Record<ModeName, Key>> = {
    mention: 'mode.mention',
    lines: 'mode.lines',
    interval: 'mode.interval',
    keywords: 'mode.keywords',
    schedule: 'mode.schedule',
    lively: 'mode.lively',
    off: 'mode.off',
}

/** `lines:5` is lines and 5. A mode that came later is its own name. */
export function modeOf(mode: string): { name: string; value: string; says: Key | null } {
    const at = mode.indexOf(':')
    const name = at < 0 ? mode : mode.slice(0, at)
    const says = MODES.includes(name as ModeName) ? SAYS[name as ModeName] : null
    return { name, value: at < 0 ? '' : mode.slice(at + 1), says }
}

/** How a bot is in a room. */
export function placeIn(bot: BotInfo, room: string): BotPlace | undefined {
    return bot.places?.find((place) => place.room === room)
}

/** The hours in which it speaks, as `08:00-22:00`; empty: always. They stand in what its host has written. */
export function hoursOf(place: BotPlace | undefined): string {
    try {
        const settings: unknown = JSON.parse(place?.settings ?? '{}')
        const active = settings && typeof settings === 'object' ? (settings as { active?: unknown }).active : ''
        return typeof active === 'string' ? active : ''
    } catch {
        return '' // a newer host may have written it
    }
}

/** Where the lines go that it reads; empty: nowhere. */
export function destination(bot: BotInfo): string {
    return bot.destination && bot.destination !== 'this machine' ? bot.destination : ''
}

/** The models of a chain, the first one first. */
export function models(bot: BotInfo): string[] {
    return (bot.model ?? '').split(',').filter(Boolean)
}

export interface Spent {
    readonly turns: number
    readonly tokens: number
    readonly cost: number
}

/** What rows of usage add up to. */
export function total(rows: readonly Used[]): Spent {
    const sum = { turns: 0, tokens: 0, cost: 0 }
    for (const row of rows) {
        if (!row.speech) sum.turns += row.turns ?? 0
        sum.tokens += (row.tokens_in ?? 0) + (row.tokens_out ?? 0)
        sum.cost += row.cost ?? 0
    }
    return sum
}

/** What services of speech were used for, by service: how often, and how many seconds or characters. */
export function speechOf(rows: readonly Used[]): (Spent & { readonly what: 'listen' | 'speak'; readonly model: string; readonly amount: number })[] {
    const groups = new Map<string, Used[]>()
    for (const row of rows) {
        if (!row.speech) continue
        const key = `${row.speech} ${row.model ?? ''}`
        groups.set(key, [...(groups.get(key) ?? []), row])
    }
    return [...groups.values()].map((some) => ({
        what: some[0]!.speech === 'speak' ? 'speak' : 'listen',
        model: some[0]!.model ?? '',
        turns: some.reduce((sum, row) => sum + (row.turns ?? 0), 0),
        tokens: 0,
        amount: some.reduce((sum, row) => sum + (row.amount ?? 0), 0),
        cost: some.reduce((sum, row) => sum + (row.cost ?? 0), 0),
    }))
}

/** The same by something of each row, the dearest first. */
export function totalsBy(rows: readonly Used[], by: (row: Used) => string): (readonly [string, Spent])[] {
    const groups = new Map<string, Used[]>()
    for (const row of rows) groups.set(by(row), [...(groups.get(by(row)) ?? []), row])
    const sums = [...groups].map(([name, some]) => [name, total(some)] as const)
    return sums.sort(([, a], [, b]) => b.cost - a.cost || b.tokens - a.tokens || b.turns - a.turns)
}

const VERDICTS: Readonly<Record<string, Key>> = {
    answered: 'did.answered',
    passed: 'did.passed',
    not_addressed: 'did.not_addressed',
    capped: 'did.capped',
    cooling: 'did.cooling',
    over_budget: 'did.over_budget',
    failed: 'did.failed',
}

/** The key of what came of it. */
export const verdictKey = (verdict: string): Key => VERDICTS[verdict] ?? 'did.failed'

/** `41`, `38–41`; empty: it was about no line. */
export function linesOf({ first, last }: Pick<Verdict, 'first' | 'last'>): string {
    return !first ? '' : first === last ? `${first}` : `${first}–${last}`
}
