/** Asking the server from a panel: what is being loaded, what came, what was refused. */

import { useSignal, type Signal } from '@preact/signals'
import { useCallback, useEffect } from 'preact/hooks'

import { toast } from '../design'
import { Refused } from '../state'

export interface Loaded<T> {
    /** What came last; it stays while it is asked for anew. */
    readonly value: T | null
    /** What was refused, as a sentence; empty: nothing was. */
    readonly error: string
    readonly loading: boolean
    reload(): void
}

/** What `load` answers, asked for when the component appears and whenever one of `inputs` changes. */
export function useLoaded<T>(load: () => Promise<T>, inputs: readonly unknown[]): Loaded<T> {
    const value = useSignal<T | null>(null)
    const error = useSignal('')
    const loading = useSignal(true)
    const turn = useSignal(0)
    useEffect(() => {
        let wanted = true
        loading.value = true
        load()
            .then(
                (answer) => wanted && ((value.value = answer), (error.value = '')),
                (why: unknown) => wanted && (error.value = sentence(why)),
            )
            .finally(() => wanted && (loading.value = false))
        return () => {
            wanted = false
        }
    }, [...inputs, turn.value])
    const reload = useCallback(() => void (turn.value += 1), [])
    return { value: value.value, error: error.value, loading: loading.value, reload }
}

/** The sentence of a refusal. What is none is a fault of ours, and is thrown on. */
export function sentence(why: unknown): string {
    if (why instanceof Refused) return why.message
    throw why
}

/** Do something; a refusal is shown as a toast. Answers whether it was done. */
export async function attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
        await action()
        return true
    } catch (why) {
        toast(sentence(why), 'danger')
        return false
    }
}

export interface Doing {
    readonly busy: Signal<boolean>
    /** What was refused. */
    readonly error: Signal<string>
    /** Do it, unless something is being done. Answers whether it was. */
    run(action: () => Promise<unknown>): Promise<boolean>
}

/** For forms: one thing at a time, whose refusal stands in the form. */
export function useDoing(): Doing {
    const busy = useSignal(false)
    const error = useSignal('')
    const run = async (action: () => Promise<unknown>): Promise<boolean> => {
        if (busy.value) return false
        busy.value = true
        error.value = ''
        try {
            await action()
            return true
        } catch (why) {
            error.value = sentence(why)
            return false
        } finally {
            busy.value = false
        }
    }
    return { busy, error, run }
}
