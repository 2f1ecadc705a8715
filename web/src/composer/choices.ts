import { t } from '../i18n'
import { me, rooms, type Room } from '../state'
import { COMMANDS } from './commands'
import { fitting, type Choice, type Wanted } from './completing'

/** What may stand at the caret. */
export async function choices(room: Room, wanted: Wanted): Promise<readonly Choice[]> {
    switch (wanted.sign) {
        case '@':
            return people(room, wanted.word)
        case '#':
            return fitting(rooms.value, wanted.word, (one) => one.name.value.replace(/^#/, ''))
                .filter((one) => one.kind.value !== 'direct')
                .map((one) => ({ insert: `${one.name.value} `, label: one.name.value, detail: one.topic.value }))
        case '/':
            return fitting(COMMANDS, wanted.word, (one) => one.name, 30)
                .filter((one) => one.name.startsWith(wanted.word.toLowerCase()))
                .map((one) => ({
                    insert: `/${one.name} `,
                    label: `/${one.name} ${one.usage}`.trim(),
                    detail: t(one.help),
                }))
        case ':': {
            const { search } = await import('./emoji')
            return search(wanted.word, 8).map(([name, emoji]) => ({
                insert: `${emoji} `,
                label: `:${name}:`,
                mark: emoji,
            }))
        }
    }
}

/** Those who are here first. */
function people(room: Room, word: string): Choice[] {
    const here = room.here.people.value
    const all = [...room.people.values()].filter((one) => one.id !== me.value?.id)
    all.sort((a, b) => Number(here.has(b.id)) - Number(here.has(a.id)) || a.nick.localeCompare(b.nick))
    return fitting(all, word, (one) => one.nick).map((one) => ({
        insert: `@${one.nick} `,
        label: `@${one.nick}`,
        detail: one.kind === 'bot' ? t('kind.bot') : here.has(one.id) ? t('presence.online') : '',
    }))
}
