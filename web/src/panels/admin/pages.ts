/** A long list, which the server tells a page at a time. */

import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'

import { sentence } from '../asking'

export interface Page<T> {
    readonly items: readonly T[]
    readonly more: boolean
}

export interface Pages<T> {
    /** What was told so far; null: nothing yet. */
    readonly items: readonly T[] | null
    readonly more: boolean
    readonly loading: boolean
    /** What was refused, as a sentence; empty: nothing was. */
    readonly error: string
    /** Ask for the next page. */
    next(): void
    /** Ask for the same again, as far as it was told. */
    reload(): void
}

/** The pages of what `load` tells after its last item; from the beginning whenever `about` changes. */
export function usePages<T>(load: (after: T | undefined) => Promise<Page<T>>, about: string): Pages<T> {
    const items = useSignal<readonly T[] | null>(null)
    const more = useSignal(false)
    const loading = useSignal(true)
    const error = useSignal('')
    const turn = useRef(0) // what was asked before the newest question does not count

    const ask = async (told: readonly T[], least: number) => {
        const mine = ++turn.current
        loading.value = true
        try {
            for (let all = told; ; ) {
                const page = await load(all.at(-1))
                if (mine !== turn.current) return
                all = [...all, ...page.items]
                if (all.length >= least || !page.more || !page.items.length) {
                    items.value = all
                    more.value = page.more
                    error.value = ''
                    break
                }
            }
        } catch (why) {
            if (mine === turn.current) error.value = sentence(why)
        } finally {
            if (mine === turn.current) loading.value = false
        }
    }
    useEffect(() => {
        void ask([], 1)
        return () => void (turn.current += 1)
    }, [about])
    return {
        items: items.value,
        more: more.value,
        loading: loading.value,
        error: error.value,
        next: () => void ask(items.value ?? [], 0),
        reload: () => void ask([], items.value?.length ?? 1),
    }
}
