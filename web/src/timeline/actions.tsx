import { IconButton, Menu, type Item } from '../design'
import { t } from '../i18n'
import { answer, edit } from '../composer/composing'
import { aside, me, type Line, type Room } from '../state'
import { may } from '../app/rights'
import { copyLink, copyText, picking, pin, redact } from './doing'
import { Picker } from './picker'
import { mayRedact } from './shortcuts'

/** What can be done with a line: shown when the pointer or the focus is on it. */
export function Actions({ room, line, inThread }: { room: Room; line: Line; inThread: boolean }) {
    const open = picking.value === line.seq
    return (
        <div class={open ? 'actions actions-open' : 'actions'} role="group" aria-label={t('actions.label')}>
            {may(room, 'react') && (
                <IconButton
                    icon="smile"
                    small
                    label={t('actions.react')}
                    keys="+"
                    onClick={() => (picking.value = open ? 0 : line.seq)}
                />
            )}
            {may(room, 'post') && (
                <IconButton icon="reply" small label={t('actions.reply')} keys="R" onClick={() => answer(room, line)} />
            )}
            {!inThread && (
                <IconButton
                    icon="thread"
                    small
                    label={t('actions.thread')}
                    keys="T"
                    onClick={() => (aside.value = { name: 'thread', seq: line.seq })}
                />
            )}
            <Menu small label={t('actions.more')} items={() => more(room, line)} />
            {open && <Picker room={room} line={line} />}
        </div>
    )
}

function more(room: Room, line: Line): Item[] {
    const mine = line.sender.id === me.value?.id
    const items: Item[] = [
        { label: t('actions.text'), icon: 'copy', onPick: () => copyText(line) },
        { label: t('actions.link'), icon: 'link', onPick: () => copyLink(room, line) },
        { label: t('actions.why'), icon: 'help', onPick: () => (aside.value = { name: 'why', seq: line.seq }) },
    ]
    if (may(room, 'pin')) {
        items.push({
            label: t(line.pinned ? 'actions.unpin' : 'actions.pin'),
            icon: 'pin',
            onPick: () => pin(room, line),
        })
    }
    if (mine && may(room, 'edit'))
        items.push({ label: t('actions.edit'), icon: 'edit', onPick: () => edit(room, line) })
    if (mayRedact(room, line)) {
        const erase = () => redact(room, line)
        items.push({ label: t('actions.redact'), icon: 'trash', onPick: erase, danger: true, apart: true })
    }
    return items
}
