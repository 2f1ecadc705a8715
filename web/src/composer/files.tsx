import { Icon, IconButton } from '../design'
import { t } from '../i18n'
import { bytes } from '../i18n/format'
import type { Room } from '../state'
import { uploads, type Upload } from './uploads'

/** The files that go with the next line. */
export function Uploads({ room, thread }: { room: Room; thread: number }) {
    const files = uploads(room, thread).value
    if (!files.length) return null
    return (
        <ul class="uploads plain-list">
            {files.map((file) => (
                <OneUpload key={file.name} file={file} />
            ))}
        </ul>
    )
}

function OneUpload({ file }: { file: Upload }) {
    const refused = file.refused.value
    return (
        <li class={refused ? 'upload upload-refused' : 'upload'}>
            <Icon name={refused ? 'warn' : 'file'} size={16} />
            <span class="cut">{file.name}</span>
            <span class="faint small">{refused || bytes(file.size)}</span>
            {!refused && !file.id.value && (
                <progress max={1} value={file.done.value} aria-label={t('upload.progress', { name: file.name })} />
            )}
            <IconButton
                icon="close"
                small
                label={t('upload.cancel', { name: file.name })}
                onClick={() => file.cancel()}
            />
        </li>
    )
}
