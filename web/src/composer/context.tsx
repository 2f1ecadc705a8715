import { IconButton } from '../design'
import { t } from '../i18n'
import { plain } from '../markdown/plain'
import type { Room } from '../state'
import { composing, stopEditing } from './composing'

/** What the next line is about: the one that is answered, or edited. */
export function Context({ room, thread }: { room: Room; thread: number }) {
    const { replyTo, editing } = composing(room, thread)
    const line = editing.value ?? replyTo.value
    if (!line) return null
    const stop = () => (editing.value ? stopEditing(room, thread) : (replyTo.value = null))
    return (
        <div class="composer-context">
            <span class="cut">
                {editing.value ? t('composer.editing') : t('composer.replying', { nick: line.sender.nick })}{' '}
                <span class="soft">{plain(line.text)}</span>
            </span>
            <IconButton icon="close" small label={t('composer.cancel')} keys="Esc" onClick={stop} />
        </div>
    )
}
