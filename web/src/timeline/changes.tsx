import { signal } from '@preact/signals'

import { Button, Dialog } from '../design'
import { t } from '../i18n'
import { moment } from '../i18n/format'
import { plain } from '../markdown/plain'
import type { EventFrame } from '../protocol/types'
import { ask, type Room } from '../state'
import { told } from '../app/telling'
import { erasing } from './doing'

const shown = signal<{ original: EventFrame | undefined; changes: readonly EventFrame[] } | null>(null)

/** Show what a line said before. */
export function showChanges(room: Room, seq: number): void {
    const found = ask('changes', { room: room.name.value, seq }).then(({ events }) => {
        shown.value = { original: room.log.get(seq), changes: events.filter((event) => event.body.type === 'edit') }
    })
    told(found)
}

/** The history of an edited line. */
export function Changes() {
    if (!shown.value) return null
    const { original, changes } = shown.value
    const texts = [...(original ? [original] : []), ...changes]
    return (
        <Dialog title={t('changes.title')} onClose={() => (shown.value = null)}>
            <ol class="changes">
                {texts.map((event) => (
                    <li key={event.seq}>
                        <time class="faint small" dateTime={event.at}>
                            {moment(event.at)}
                        </time>
                        <p class="said">{'text' in event.body ? event.body.text : ''}</p>
                    </li>
                ))}
            </ol>
        </Dialog>
    )
}

/** Erasing is for ever, so it is asked for twice. */
export function Erasing() {
    if (!erasing.value) return null
    const { room, line } = erasing.value
    const close = () => (erasing.value = null)
    const erase = () => {
        close()
        told(ask('redact', { room: room.name.value, seq: line.seq }))
    }
    const actions = (
        <>
            <Button onClick={close}>{t('erase.keep')}</Button>
            <Button look="danger" onClick={erase}>
                {t('erase.erase')}
            </Button>
        </>
    )
    return (
        <Dialog title={t('erase.title')} size="small" onClose={close} actions={actions}>
            <p>{t('erase.words')}</p>
            <p class="quote-text soft">{plain(line.text)}</p>
        </Dialog>
    )
}
