/** Parts that are loaded when they are first shown. */

import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'

import { Button, EmptyState, Spinner, toast } from '../design'
import { t } from '../i18n'

/**
 * A component that is another once that has been loaded; a failure (the server was updated, the line is cut) can be tried again.
 *
 * @param quiet nothing is shown while it is loaded, and a failure only told: for dialogs
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, quiet = false): ComponentType<P> {
    const loaded = signal<ComponentType<P> | null>(null)
    const failed = signal(false)
    const begin = () => {
        failed.value = false
        load().then(
            (found) => (loaded.value = found),
            () => fail(),
        )
    }
    const fail = () => {
        failed.value = true
        if (quiet) toast(t('panel.load_failed'), 'danger')
    }
    return function Lazy(props: P) {
        useEffect(() => {
            if (!loaded.peek()) begin()
        }, [])
        const Loaded = loaded.value
        if (Loaded) return <Loaded {...props} />
        if (quiet) return null
        if (!failed.value) return <Spinner label={t('panel.loading')} />
        return (
            <EmptyState icon="warn" title={t('panel.load_failed')}>
                <Button icon="again" onClick={begin}>
                    {t('panel.again')}
                </Button>
            </EmptyState>
        )
    }
}
