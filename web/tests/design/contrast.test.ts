import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

/** Every pair of colours that is used, in each theme, against WCAG 2.2: 4.5 for text, 3 for what shows where a control is. */

const css = readFileSync(new URL('../../src/design/tokens.css', import.meta.url), 'utf8')

type Tokens = Map<string, [light: string, dark: string]>

function tokens(selector: string): Tokens {
    const begin = css.indexOf(`${selector} {`)
    const block = css.slice(begin, css.indexOf('\n}', begin))
    const found = block.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)
    return new Map([...found].map(([, name, light, dark]) => [name!, [light!, dark!]]))
}

const usual = tokens(':root')
const more: Tokens = new Map([...usual, ...tokens(":root[data-contrast='more']")])

function luminance(hex: string): number {
    const [r, g, b] = [1, 3, 5].map((at) => {
        const part = parseInt(hex.slice(at, at + 2), 16) / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(one: string, other: string): number {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
    return (high + 0.05) / (low + 0.05)
}

const SURFACES = ['side', 'ground', 'raised', 'sunken', 'hover', 'selected']
const READ = ['text', 'text-soft', 'text-faint', 'accent', 'danger', 'warn', 'good']
const HUES = [...Array(8).keys()].map((at) => `hue-${at}`)

const PAIRS: [string, string, number][] = [
    ...SURFACES.flatMap((back) => READ.map((front): [string, string, number] => [front, back, 4.5])),
    ...HUES.map((hue): [string, string, number] => ['on-hue', hue, 4.5]),
    ...['ground', 'raised', 'side', 'hover'].flatMap((back) =>
        HUES.map((hue): [string, string, number] => [hue, back, 4.5]),
    ),
    ['on-accent', 'accent', 4.5],
    ['on-accent', 'accent-hover', 4.5],
    ['danger', 'danger-soft', 4.5],
    ['warn', 'warn-soft', 4.5],
    ['text', 'mark', 4.5],
    ['ground', 'text', 4.5],
    ...['ground', 'raised', 'side'].flatMap((back): [string, string, number][] => [
        ['border-control', back, 3],
        ['focus', back, 3],
        ['text-soft', back, 3],
    ]),
]

describe.each([
    ['light', usual, 0],
    ['dark', usual, 1],
    ['light, more contrast', more, 0],
    ['dark, more contrast', more, 1],
] as const)('%s', (_, set, theme) => {
    it.each(PAIRS)('%s on %s has at least %d', (front, back, least) => {
        const [one, other] = [set.get(front)?.[theme], set.get(back)?.[theme]]
        expect(one && other, 'both are tokens').toBeTruthy()
        expect(contrast(one!, other!)).toBeGreaterThanOrEqual(least)
    })
})

it('high contrast has 7 where one reads', () => {
    for (const theme of [0, 1] as const) {
        const ratio = (front: string) => contrast(more.get(front)![theme], more.get('ground')![theme])
        expect(Math.min(...['text', 'text-soft', 'text-faint', 'accent', 'danger'].map(ratio))).toBeGreaterThanOrEqual(
            7,
        )
    }
})
