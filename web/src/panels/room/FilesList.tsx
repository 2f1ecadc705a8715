/** The files of a room, as far back as this page has read it. */

import { useSignal } from '@preact/signals'

import { Button, EmptyState, Icon } from '../../design'
import { t } from '../../i18n'
import { bytes, moment } from '../../i18n/format'
import type { Attachment } from '../../protocol/types'
import { before, go, type Line, type Room } from '../../state'
import { attempt } from '../asking'

export function FilesList({ room }: { room: Room }) {
    const busy = useSignal(false)
    const files = filesIn(room)
    const oldest = room.log.stretches.at(-1)
    const older = async () => {
        busy.value = true
        for (let page = 0; page < 5 && oldest && oldest.first > room.first; page += 1) {
            if (!(await attempt(() => before(room, room.log.stretches.at(-1) ?? oldest)))) break
        }
        busy.value = false
    }
    return (
        <div class="stack">
            {files.length === 0 && <EmptyState icon="file" title={t('files.none')} />}
            <ul role="list" class="people">
                {files.map(({ line, file }) => (
                    <li key={`${line.seq} ${file.id}`} class="person">
                        <Icon name={file.type.startsWith('image/') ? 'image' : 'file'} />
                        <div class="person-words">
                            {file.id ? (
                                <a
                                    class="cut"
                                    href={`/files/${file.id}/${encodeURIComponent(file.name)}`}
                                    download={file.name}
                                >
                                    {file.name}
                                </a>
                            ) : (
                                <span class="cut">{file.name}</span>
                            )}
                            <div class="small soft cut">
                                {bytes(file.size)} · {line.sender.nick} ·{' '}
                                <button type="button" class="link" onClick={() => go(room.name.value, line.seq)}>
                                    {moment(line.at)}
                                </button>
                            </div>
                        </div>
                    </li>
                ))}
            </ul>
            {oldest && oldest.first > room.first && (
                <Button small busy={busy.value} onClick={older}>
                    {t('files.older')}
                </Button>
            )}
        </div>
    )
}

/** The newest first. */
function filesIn(room: Room): { line: Line; file: Attachment }[] {
    const found: { line: Line; file: Attachment }[] = []
    if (room.version.value < 0) return found
    for (const { seq, body } of room.log.stretches.flatMap((stretch) => stretch.events)) {
        const line = body.type === 'message' && body.attachments?.length ? room.line(seq) : undefined
        if (line && !line.redacted) for (const file of line.body.attachments ?? []) found.push({ line, file })
    }
    return found.reverse()
}
