/** One frame in a line: which way, when, what, how large. */

import { Icon } from '../../design'
import { t } from '../../i18n'
import { exactClock } from '../../i18n/format'
import type { Seen } from './frames'

export const ROW = 28 // px

interface RowProps {
    frame: Seen
    chosen: boolean
    choose: () => void
}

export function FrameRow({ frame, chosen, choose }: RowProps) {
    const { out, at, type, detail, room, size, text } = frame
    return (
        <button
            type="button"
            class={`frame frame-${out ? 'out' : 'in'}${chosen ? ' frame-chosen' : ''}`}
            aria-pressed={chosen}
            onClick={choose}
        >
            <span class="frame-way" title={out ? t('inspector.out') : t('inspector.in')}>
                <Icon name={out ? 'up' : 'down'} size={16} />
                <span class="unseen">{out ? t('inspector.out') : t('inspector.in')}</span>
            </span>
            <span class="frame-at">{exactClock(at)}</span>
            <span class={`frame-type type-${type}`}>{type}</span>
            {detail && <span class="frame-detail">{detail}</span>}
            {room && <span class="frame-room">{room}</span>}
            <span class="frame-text cut">{text}</span>
            <span class="frame-size">{size}</span>
        </button>
    )
}
