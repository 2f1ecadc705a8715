import { describe, expect, it } from 'vitest'

import { withOne, withoutOld, withPage, type Reasons, type Said } from '../../src/state/reasons'

const said = (bot: string, last: number, at = 0, first = last): Said => ({
    verdict: { bot, first, last, verdict: 'not_addressed', rule: 'two_people' },
    nick: bot,
    at,
})
const shown = (reasons: Reasons): string[] =>
    [...reasons.values()].flat().map(({ verdict }) => `${verdict.bot} ${verdict.first}-${verdict.last}`)

describe('reasons for silences', () => {
    it('are one for each bot under a line', () => {
        const reasons = [said('eliza', 7), said('parry', 7), said('eliza', 7, 1, 3)].reduce(withOne, new Map())
        expect(shown(reasons)).toEqual(['parry 7-7', 'eliza 3-7'])
    })

    it('are as the server has them, but for what it was not asked, and what was told since', () => {
        const before = [said('eliza', 1), said('eliza', 4), said('eliza', 5, 20), said('eliza', 9)]
        const now = withPage(before.reduce(withOne, new Map()), [2, 8], 10, [said('eliza', 6, 10, 2)])
        expect(shown(now).sort()).toEqual(['eliza 1-1', 'eliza 2-6', 'eliza 5-5', 'eliza 9-9'])
    })

    it('go with their lines, and stay where they are about none', () => {
        const reasons = [said('eliza', 0), said('eliza', 4), said('eliza', 5)].reduce(withOne, new Map())
        expect(shown(withoutOld(reasons, 5))).toEqual(['eliza 0-0', 'eliza 5-5'])
    })
})
