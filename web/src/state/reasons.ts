import type { Verdict } from '../protocol/types'

/** A verdict, as it stands under a line. */
export interface Said {
    readonly verdict: Verdict
    readonly nick: string
    readonly at: number // ms since 1970, by this machine's clock: when this page heard of it
}

/** By the number of the line they stand under; under 0 those about no line. */
export type Reasons = ReadonlyMap<number, readonly Said[]>

/** With one more, as it was told. A bot has one under a line. */
export function withOne(reasons: Reasons, said: Said): Reasons {
    const under = said.verdict.last
    const others = (reasons.get(under) ?? []).filter((one) => one.verdict.bot !== said.verdict.bot)
    return new Map(reasons).set(under, [...others, said])
}

/** As the server has them of the lines from `first` to `last`, asked at a time since which some may have been told. */
export function withPage(
    reasons: Reasons,
    [first, last]: readonly [number, number],
    asked: number,
    page: readonly Said[],
): Reasons {
    const all = new Map(reasons)
    for (let under = first; under <= last; under += 1) {
        const left = all.get(under)?.filter((one) => one.at >= asked)
        if (left?.length) all.set(under, left)
        else all.delete(under)
    }
    for (const one of page) {
        const under = one.verdict.last
        const there = all.get(under) ?? []
        if (!there.some((other) => other.verdict.bot === one.verdict.bot)) all.set(under, [...there, one])
    }
    return all
}

/** Without those of lines before this one. */
export function withoutOld(reasons: Reasons, first: number): Reasons {
    return new Map([...reasons].filter(([under]) => under === 0 || under >= first))
}
