import { readdirSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import core from '../src/i18n/en/core'
import panels from '../src/i18n/en/panels'
import shared from '../src/i18n/en/shared'
import { LANGUAGES, preferredLanguage, t, type Words } from '../src/i18n'
import { bytes, day, dollars, duration, relative } from '../src/i18n/format'

const english: Words = { ...core, ...shared, ...panels }
const others = Object.keys(LANGUAGES).filter((tag) => tag !== 'en')

async function words(tag: string): Promise<Words> {
    return ((await import(`../src/i18n/${tag}/index.ts`)) as { default: Words }).default
}

const forms = (value: Words[string] | undefined): string[] =>
    value === undefined ? [] : typeof value === 'string' ? [value] : Object.values(value)

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort()

describe.each(others)('%s', (tag) => {
    it('says everything that English says, and nothing else', async () => {
        expect(Object.keys(await words(tag)).sort()).toEqual(Object.keys(english).sort())
    })

    it('has a form for every number', async () => {
        const needed = new Intl.PluralRules(tag).resolvedOptions().pluralCategories
        for (const [key, value] of Object.entries(await words(tag))) {
            expect(typeof value, key).toBe(typeof english[key])
            if (typeof value === 'object')
                for (const form of ['other', ...needed]) expect([key, value[form as 'other']]).not.toContain(undefined)
        }
    })

    it('names what English names', async () => {
        for (const [key, value] of Object.entries(await words(tag))) {
            const wanted = names(forms(english[key]).at(-1) ?? '')
            for (const form of forms(value)) {
                const missing = wanted.filter((name) => name !== 'count' && !names(form).includes(name))
                const invented = names(form).filter((name) => !wanted.includes(name))
                expect([key, ...missing, ...invented]).toEqual([key])
            }
        }
    })
})

it('has no key that nothing says', () => {
    const root = new URL('../src/', import.meta.url)
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
        (name) => /\.tsx?$/.test(name) && !name.startsWith('i18n/'),
    )
    const source = files.map((name) => readFileSync(new URL(name, root), 'utf8')).join('\n')
    const unused = Object.keys(english).filter((key) => !source.includes(`'${key}'`) && !source.includes(`"${key}"`))
    expect(unused).toEqual([])
})

it('has each key once', () => {
    const all = [core, shared, panels].flatMap((some) => Object.keys(some))
    expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([])
})

describe('choosing a language', () => {
    it.each([
        [null, ['de-AT', 'en'], 'de'],
        [null, ['fr', 'es-MX'], 'es'],
        ['ko', ['de'], 'ko'],
        ['xx', ['fr'], 'en'],
        [null, [], 'en'],
    ] as const)('%s and %s is %s', (kept, asked, wanted) => {
        expect(preferredLanguage(kept, asked)).toBe(wanted)
    })
})

describe('words and numbers', () => {
    it('fills in names, and leaves what is not given', () => {
        expect(t('approval.title', { bot: 'gpt', tool: 'files.write' })).toBe('gpt asks to use files.write')
        expect(t('approval.title', { bot: 'gpt' })).toBe('gpt asks to use {tool}')
    })

    it('tells times and sums', () => {
        const now = Date.UTC(2026, 10, 21, 12)
        expect(relative(now - 180_000, now)).toBe('3 minutes ago')
        expect(relative(now + 172_800_000, now)).toBe('in 2 days')
        expect(day(now, now)).toBe('today')
        expect(day(now - 86_400_000, now)).toBe('yesterday')
        expect(duration(600)).toBe('10 min')
        expect(bytes(1234)).toBe('1.2 kB')
        expect(dollars(0.0004)).toBe('$0.0004')
        expect(dollars(0.00001)).toBe('< $0.0001')
        expect(dollars(0)).toBe('$0.00')
    })
})
