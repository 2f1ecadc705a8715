/** What a list of pages shows: its rows, that there are none, that it is loading, and a button for more. */

import type { ComponentChildren } from 'preact'

import { Button, Spinner } from '../../design'
import { t } from '../../i18n'
import { Wrong } from '../parts'
import type { Pages } from './pages'

interface ListedProps<T> {
    of: Pages<T>
    label: string
    /** What stands there where nothing fits. */
    none: string
    /** What is said of so many, to those who do not see them. */
    listed?: (count: number) => string
    keyed: (item: T) => string
    children: (item: T) => ComponentChildren
}

export function Listed<T>({ of, label, none, listed, keyed, children }: ListedProps<T>) {
    return (
        <>
            {of.error && <Wrong again={of.reload}>{of.error}</Wrong>}
            {of.items === null && !of.error && <Spinner label={t('panel.loading')} />}
            <ul role="list" class="people admin-list" aria-label={label} aria-busy={of.loading || undefined}>
                {of.items?.map((item) => (
                    <li key={keyed(item)}>{children(item)}</li>
                ))}
            </ul>
            <p class={of.items?.length === 0 ? 'soft small' : 'unseen'} role="status">
                {of.items && (of.items.length ? listed?.(of.items.length) : none)}
            </p>
            {of.more && (
                <div>
                    <Button busy={of.loading} onClick={of.next}>
                        {t('admin.more')}
                    </Button>
                </div>
            )}
        </>
    )
}
