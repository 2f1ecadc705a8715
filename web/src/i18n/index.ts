/**
 * Words in the reader's language: `t("room.members", { count: 3 })`.
 *
 * English comes with the page, the words of panels with the panels; every other language is one file that is loaded when it
 * is chosen. `t` reads a signal, so whatever calls it while it renders is rendered anew when the language changes.
 */

import { signal } from '@preact/signals'
import type { ComponentChild } from 'preact'

import core from './en/core'
import type panels from './en/panels'
import shared from './en/shared'

/** Words that hang on a number: one for each form that the language has, `other` at least. */
export type Plural = { readonly other: string } & { readonly [form in Intl.LDMLPluralRule]?: string }
export type Words = Readonly<Record<string, string | Plural>>
/** The words of another language for these: a key that is missing does not compile. */
export type SameAs<T extends Words> = { readonly [key in keyof T]: T[key] extends string ? string : Plural }
export type Key = keyof typeof core | keyof typeof shared | keyof typeof panels
export type Params = Readonly<Record<string, string | number>>

/** Each by its own name, as the list of languages shows them. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español', ko: '한국어', ru: 'Русский' } as const
export type Language = keyof typeof LANGUAGES

const KEPT = 'roomful.language'
const FROM_RIGHT = new Set(['ar', 'fa', 'he', 'ur'])
const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<{ default: Words }>> = {
    de: () => import('./de'),
    es: () => import('./es'),
    ko: () => import('./ko'),
    ru: () => import('./ru'),
}

let english: Words = { ...core, ...shared }
const words = signal<Words>(english)

/** The language of the page. */
export const language = signal<Language>('en')

/** What this key says, with `{name}` for each parameter; `count` also chooses the plural's form. */
export function t(key: Key, params?: Params): string {
    return filled(message(key, params), params)
}

/** The same with elements for some of its `{names}`: for a sentence with a link or a bold word in it. */
export function rich(key: Key, params: Readonly<Record<string, ComponentChild>>): ComponentChild[] {
    return message(key)
        .split(/\{(\w+)\}/)
        .map((part, at) => (at % 2 ? params[part] : part))
}

/** Words that come later: those of panels call this as they are loaded. */
export function addEnglish(more: Words): void {
    english = { ...english, ...more }
    if (language.peek() === 'en') words.value = english
}

/** The reader's choice, or what the browser asks for, or English. */
export function preferredLanguage(kept: string | null, asked: readonly string[]): Language {
    const wanted = [kept ?? '', ...asked].map((tag) => tag.slice(0, 2).toLowerCase())
    return wanted.find((tag): tag is Language => tag in LANGUAGES) ?? 'en'
}

/** Begin: call it before the first render, and do not wait for it longer than the page may stay empty. */
export async function startLanguage(): Promise<void> {
    await use(preferredLanguage(localStorage.getItem(KEPT), navigator.languages))
}

/** Change the language, and keep the choice on this device. Throws what loading its file threw; nothing changes then. */
export async function chooseLanguage(wanted: Language): Promise<void> {
    await use(wanted)
    localStorage.setItem(KEPT, wanted)
}

async function use(wanted: Language): Promise<void> {
    words.value = wanted === 'en' ? english : (await LOADERS[wanted]()).default
    language.value = wanted
    document.documentElement.lang = wanted
    document.documentElement.dir = FROM_RIGHT.has(wanted) ? 'rtl' : 'ltr'
}

function message(key: string, params?: Params): string {
    const found = words.value[key] ?? english[key] ?? key
    if (typeof found === 'string') return found
    const form = new Intl.PluralRules(language.value).select(Number(params?.['count'] ?? 0))
    return found[form] ?? found.other
}

function filled(text: string, params: Params | undefined): string {
    if (!params) return text
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = params[name]
        return typeof value === 'number' ? value.toLocaleString(language.value) : (value ?? whole)
    })
}
