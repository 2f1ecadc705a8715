import { Icon } from '../design'
import { t } from '../i18n'
import { list } from '../i18n/format'
import type { Room } from '../state'

const NAMED = 3

/** Who types, in a place of its own, so that nothing moves. */
export function Typists({ room }: { room: Room }) {
    const nicks = room.here.typing.value.map((id) => room.people.get(id)?.nick ?? '').filter(Boolean)
    const speakers = room.here.speaking.value.map((id) => room.people.get(id)?.nick ?? '').filter(Boolean)
    return (
        <div class="typists" aria-live="off">
            {speakers.length > 0 && (
                <span class="speakers">
                    <Icon name="mic" size={16} />
                    {t(speakers.length === 1 ? 'speaking.one' : 'speaking.some', { names: list(speakers) })}
                </span>
            )}
            {nicks.length > 0 && (
                <>
                    <span class="dots" aria-hidden="true">
                        <i />
                        <i />
                        <i />
                    </span>
                    {nicks.length > NAMED
                        ? t('typing.many', { count: nicks.length })
                        : t(nicks.length === 1 ? 'typing.one' : 'typing.some', { names: list(nicks) })}
                </>
            )}
        </div>
    )
}
