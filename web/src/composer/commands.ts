import { toast } from '../design'
import { t, type Key } from '../i18n'
import type { BotInfo } from '../protocol/types'
import { around, ask, aside, forgetRoom, go, join, me, Refused, say, type Room } from '../state'
import { openDialog } from '../panels/open'

/** What can be typed behind a slash. */
export interface Command {
    readonly name: string
    /** What follows it, as it is shown: words in brackets may be left out. */
    readonly usage: string
    readonly help: Key
    /** Do it. Throws `Refused`, or `Misused` with what would be right. */
    readonly run: (room: Room, rest: string) => unknown
}

/** It was not typed as it must be. */
export class Misused extends Error {}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

const cut = (text: string): [string, string] => {
    const found = /^(\S*)\s*([\s\S]*)$/.exec(text)
    return [found?.[1] ?? '', found?.[2] ?? '']
}
const bare = (nick: string): string => nick.replace(/^@/, '')
const show = (name: string) => (): void => void (aside.value = { name })

function needed(text: string, usage: string): string {
    if (!text) throw new Misused(t('command.misused', { usage }))
    return text
}

/** A nick, how long (10m, 2h) and why, of which the last two may be left out. */
function sanction(rest: string, usage: string): { who: string; seconds?: number; reason?: string } {
    const [nick, more] = cut(needed(rest, usage))
    const [first, others] = cut(more)
    const time = /^(\d{1,6})([smhd])$/.exec(first)
    const seconds = time ? { seconds: Number(time[1]) * SECONDS[time[2] as keyof typeof SECONDS] } : {}
    const reason = time ? others : more
    return { who: bare(nick), ...seconds, ...(reason ? { reason } : {}) }
}

async function enter(name: string): Promise<void> {
    const room = await join(/^[#!@]/.test(name) ? name : `#${name}`)
    go(room.name.value)
}

async function message(rest: string): Promise<void> {
    const [nick, text] = cut(needed(rest, '/msg NICK [TEXT]'))
    const room = await join(`@${bare(nick)}`)
    go(room.name.value)
    if (text) await say(room, text)
}

async function leaveRoom(room: Room): Promise<void> {
    await ask('leave', { room: room.name.value })
    forgetRoom(room)
}

async function duet(room: Room, rest: string): Promise<void> {
    if (!rest) return openDialog('duet')
    const turns = /--turns\s+(\d{1,3})/.exec(rest)
    const [first, more] = cut(rest.replace(turns?.[0] ?? '', '').trim())
    const [second, topic] = cut(more)
    if (!second) throw new Misused(t('command.misused', { usage: '/duet BOT BOT [TOPIC]' }))
    const bots = [bare(first), bare(second)]
    await ask('duet', { room: room.name.value, bots, topic, ...(turns ? { turns: Number(turns[1]) } : {}) })
}

async function bot(room: Room, rest: string): Promise<void> {
    const [what, more] = cut(rest)
    const [nick, settings] = cut(more)
    if (!nick || !(what === 'add' || what === 'set' || what === 'remove')) return show('bots')()
    const [key, value] = what === 'add' ? ['model', settings] : cut(settings)
    const said = await ask('bot', {
        room: room.name.value,
        do: what,
        nick: bare(nick),
        settings: value ? { [key]: value } : {},
    })
    toast(said.text, 'good')
}

const LIBRARIAN = 'librarian'
const searches = (found: BotInfo, room: Room): boolean =>
    found.model === `offline:${LIBRARIAN}` ||
    Boolean(found.places?.some((one) => one.room === room.name.value && /"search":\s*true/.test(one.settings ?? '')))

/** Ask the room's search bot, which answers everybody; the librarian comes where there is none. */
async function search(room: Room, rest: string): Promise<void> {
    const question = needed(rest, '/search QUESTION')
    const here = await ask('bots', { room: room.name.value })
    let found = here.bots.find((one) => searches(one, room))?.nick
    if (!found) {
        await ask('bot', {
            room: room.name.value,
            do: 'add',
            nick: LIBRARIAN,
            settings: { model: `offline:${LIBRARIAN}` },
        })
        found = LIBRARIAN
    }
    await say(room, `@${found} ${question}`)
}

async function jump(room: Room, rest: string): Promise<void> {
    const seq = Number(needed(rest, '/goto NUMBER'))
    if (await around(room, seq)) go(room.name.value, seq)
}

const inRoom = (room: Room) => ({ room: room.name.value })

/** In the order in which they are offered. */
export const COMMANDS: readonly Command[] = [
  { name: 'help', usage: '', help: 'command.help', run: () => openDialog('shortcuts') },
  { name: 'me', usage: 'TEXT', help: 'command.me', run: (room, text) => say(room, needed(text, '/me TEXT'), { style: 'action' }) },
  { name: 'nick', usage: 'NAME', help: 'command.nick', run: (_, nick) => ask('nick', { nick: needed(nick, '/nick NAME') }) },
  { name: 'topic', usage: '[TEXT]', help: 'command.topic', run: (room, text) => ask('topic', { ...inRoom(room), text }) },
  { name: 'search', usage: 'QUESTION', help: 'command.search', run: search },
  { name: 'find', usage: 'WORDS', help: 'command.find', run: (_, query) => (aside.value = { name: 'search', who: query }) },
  { name: 'msg', usage: 'NICK [TEXT]', help: 'command.msg', run: (_, rest) => message(rest) },
  { name: 'join', usage: '#ROOM', help: 'command.join', run: (_, name) => enter(needed(name, '/join #ROOM')) },
  { name: 'leave', usage: '', help: 'command.leave', run: leaveRoom },
  { name: 'invite', usage: 'NICK', help: 'command.invite', run: (room, who) => ask('invite', { ...inRoom(room), who: bare(needed(who, '/invite NICK')) }) },
  { name: 'users', usage: '', help: 'command.users', run: show('details') },
  { name: 'duet', usage: 'BOT BOT [TOPIC]', help: 'command.duet', run: duet },
  { name: 'stop', usage: '', help: 'command.stop', run: (room) => ask('stop', inRoom(room)) },
  { name: 'continue', usage: '', help: 'command.continue', run: (room) => ask('continue', inRoom(room)) },
  { name: 'why', usage: '', help: 'command.why', run: show('why') },
  { name: 'bots', usage: '', help: 'command.bots', run: show('bots') },
  { name: 'bot', usage: 'add|set|remove NAME …', help: 'command.bot', run: bot },
  { name: 'kick', usage: 'NICK [REASON]', help: 'command.kick', run: kick },
  { name: 'ban', usage: 'NICK [2h] [REASON]', help: 'command.ban', run: (room, rest) => ask('ban', { ...inRoom(room), ...sanction(rest, '/ban NICK [2h] [REASON]') }) },
  { name: 'mute', usage: 'NICK [10m] [REASON]', help: 'command.mute', run: (room, rest) => ask('mute', { ...inRoom(room), ...sanction(rest, '/mute NICK [10m]') }) },
  { name: 'unmute', usage: 'NICK', help: 'command.unmute', run: (room, who) => ask('unmute', { ...inRoom(room), who: bare(needed(who, '/unmute NICK')) }) },
  { name: 'away', usage: '[TEXT]', help: 'command.away', run: (_, text) => ask('presence', { state: 'away', text }) },
  { name: 'back', usage: '', help: 'command.back', run: () => ask('presence', { state: 'online' }) },
  { name: 'notice', usage: 'TEXT', help: 'command.notice', run: (room, text) => say(room, needed(text, '/notice TEXT'), { style: 'notice' }) },
  { name: 'goto', usage: 'NUMBER', help: 'command.goto', run: jump },
  { name: 'register', usage: '', help: 'command.register', run: () => openDialog('register') },
  { name: 'settings', usage: '', help: 'command.settings', run: () => openDialog('settings') },
] // prettier-ignore

function kick(room: Room, rest: string): Promise<unknown> {
    const [nick, reason] = cut(needed(rest, '/kick NICK [REASON]'))
    return ask('kick', { ...inRoom(room), who: bare(nick), ...(reason ? { reason } : {}) })
}

/** Do what a line with a slash says. Answers false if it is none, and is to be said. */
export async function command(room: Room, text: string): Promise<boolean> {
    if (!text.startsWith('/') || text.startsWith('//') || text.includes('\n')) return false
    const [word, rest] = cut(text.slice(1))
    const found = COMMANDS.find((one) => one.name === word.toLowerCase())
    if (!found) throw new Misused(nearest(word))
    await found.run(room, rest.trim())
    return true
}

function nearest(word: string): string {
    const guess = COMMANDS.find((one) => word.length > 1 && one.name.startsWith(word.slice(0, 2).toLowerCase()))
    return guess ? t('command.unknown.guess', { word, guess: guess.name }) : t('command.unknown', { word })
}

/** What is shown of a command that went wrong; what is no refusal is a fault of ours, and is thrown on. */
export function whatWentWrong(why: unknown): string {
    if (why instanceof Refused || why instanceof Misused) return why.message
    throw why
}

export const myNick = (): string => me.value?.nick ?? ''
