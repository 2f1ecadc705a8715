import { useEffect } from 'preact/hooks'

import { t } from '../i18n'
import { current, mentionsInAll, unreadInAll } from '../state'

/** The window's title: the room, and what waits. */
export function Title() {
    const mentions = mentionsInAll.value
    const unread = unreadInAll.value
    const room = current.value?.title
    const name = room ? t('app.title', { room }) : t('app.name')
    useEffect(() => {
        document.title = mentions ? `(${mentions}) ${name}` : unread ? `• ${name}` : name
    }, [mentions, unread, name])
    return null
}
