/** What a frame is for, in the reader's language; what a code means stands in English, as the server's own sentences do. */

import { signal } from '@preact/signals'

import { language, type Language } from '../../i18n'
import { BODIES, CODES, PUSHED, REQUESTS, SIGNALS } from '../../protocol/words'
import type { Seen } from './frames'

type Sentences = Readonly<Record<string, string>>

/** What each kind is for, by its name. */
export interface Explanations {
    readonly pushed: Sentences
    readonly requests: Sentences
    readonly bodies: Sentences
    readonly signals: Sentences
}

const ENGLISH: Explanations = { pushed: PUSHED, requests: REQUESTS, bodies: BODIES, signals: SIGNALS }
const LOADERS: Record<Exclude<Language, 'en'>, () => Promise<{ default: Explanations }>> = {
    de: () => import('../../i18n/de/frames'),
    es: () => import('../../i18n/es/frames'),
    ko: () => import('../../i18n/ko/frames'),
    ru: () => import('../../i18n/ru/frames'),
}

const loaded = signal<Readonly<Partial<Record<Language, Explanations>>>>({ en: ENGLISH })

/** In the page's language, once that has come; until then in English. */
export function explanations(): Explanations {
    const wanted = language.value
    const found = loaded.value[wanted]
    if (!found && wanted !== 'en') {
        void LOADERS[wanted]().then((module) => (loaded.value = { ...loaded.peek(), [wanted]: module.default }))
    }
    return found ?? ENGLISH
}

/** What the frame is for: its kind, and what it bears. What is newer than a translation is told in English. */
export function explained({ out, type, detail }: Seen, known: Explanations): string {
    const say = (part: keyof Explanations, name: string) => known[part][name] ?? ENGLISH[part][name]
    if (out) return say('requests', type) ?? ''
    const more =
        type === 'event'
            ? say('bodies', detail)
            : type === 'signal'
              ? say('signals', detail)
              : (say('requests', detail) ?? CODES[detail])
    return [say('pushed', type), more].filter(Boolean).join(' ')
}
