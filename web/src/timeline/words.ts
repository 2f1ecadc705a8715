import { t } from '../i18n'
import { duration, moment } from '../i18n/format'
import type { Bodies, ChangedBody, EventFrame } from '../protocol/types'

type Said = { [K in keyof Bodies]?: (nick: string, body: Bodies[K], event: EventFrame) => string }

const LEFT = {
    expired: 'fact.left.expired',
    banned: 'fact.left.banned',
    deleted: 'fact.left.deleted',
} as const

const SENTENCES: Said = {
    join: (nick, _, event) => t(event.sender.kind === 'bot' ? 'fact.joined.bot' : 'fact.joined', { nick }),
    leave: (nick, { reason }) => t(LEFT[reason as keyof typeof LEFT] ?? 'fact.left', { nick }),
    kick: (nick, body) => because(t('fact.kicked', { nick, who: body.target.nick }), body.reason),
    ban: (nick, body) => because(banned(nick, body), body.reason),
    unban: (nick, body) => t('fact.unbanned', { nick, who: body.target?.nick ?? body.mask ?? '' }),
    mute: (nick, body) => because(muted(nick, body), body.reason),
    unmute: (nick, body) => t('fact.unmuted', { nick, who: body.target.nick }),
    role: (nick, body) => t('fact.role', { nick, who: body.target.nick, role: body.role ?? 'member' }),
    invite: (nick, body) => t('fact.invited', { nick, who: body.target.nick }),
    nick: (nick, body) => t('fact.nick', { nick, now: body.nick }),
    topic: (nick, { text }) => (text ? t('fact.topic', { nick, text }) : t('fact.topic.removed', { nick })),
    renamed: (nick, { name }) => t('fact.renamed', { nick, name }),
    changed: (nick, body) => t('fact.changed', { nick, what: changes(body).join('; ') }),
    pin: (nick, { on }) => t(on === false ? 'fact.unpinned' : 'fact.pinned', { nick }),
    conversation: (nick, body) => conversation(nick, body),
    concluded: (_, body) => concluded(body),
    stopped: (nick) => t('fact.stopped', { nick }),
    continued: (nick) => t('fact.continued', { nick }),
}

/** An event that is no message, in words. One that came after this release is said to have happened. */
export function sentence(event: EventFrame): string {
    const say = SENTENCES[event.body.type] as ((nick: string, body: unknown, event: EventFrame) => string) | undefined
    const nick = event.sender.nick
    return say ? say(nick, event.body, event) : t('fact.unknown', { nick, type: event.body.type })
}

function because(said: string, reason: string | undefined): string {
    return reason ? t('fact.because', { said, reason }) : said
}

function banned(nick: string, body: Bodies['ban']): string {
    const who = body.target?.nick ?? (body.mask || t('fact.address'))
    return body.until
        ? t('fact.banned.until', { nick, who, until: moment(body.until) })
        : t('fact.banned', { nick, who })
}

function muted(nick: string, body: Bodies['mute']): string {
    const who = body.target.nick
    return body.until ? t('fact.muted.until', { nick, who, until: moment(body.until) }) : t('fact.muted', { nick, who })
}

function conversation(nick: string, body: Bodies['conversation']): string {
    const who = new Intl.ListFormat(document.documentElement.lang).format(body.bots.map((bot) => bot.nick))
    const rest = { turns: body.turns ?? 12, time: duration(body.seconds ?? 600) }
    return body.topic
        ? t('fact.conversation.about', { nick, who, topic: body.topic, ...rest })
        : t('fact.conversation', { nick, who, ...rest })
}

const ENDS = {
    settled: 'fact.concluded.settled',
    turns: 'fact.concluded.turns',
    time: 'fact.concluded.time',
    tokens: 'fact.concluded.tokens',
} as const

const concluded = (body: Bodies['concluded']): string =>
    t(ENDS[body.how as keyof typeof ENDS] ?? 'fact.concluded.failed', { turns: body.turns ?? 0 })

function changes(body: ChangedBody): string[] {
    const said: string[] = []
    if (body.description != null) said.push(t('change.description', { text: body.description }))
    if (body.kind != null) said.push(t(body.kind === 'private' ? 'change.private' : 'change.public'))
    if (body.history != null) said.push(t(body.history === 'joined' ? 'change.history.joined' : 'change.history.all'))
    if (body.slow != null) said.push(body.slow ? t('change.slow', { time: duration(body.slow) }) : t('change.slow.off'))
    if (body.retention != null) {
        said.push(body.retention ? t('change.retention', { count: body.retention }) : t('change.retention.off'))
    }
    if (body.archived != null) said.push(t(body.archived ? 'change.archived' : 'change.archived.off'))
    if (body.models != null) said.push(t(body.models === 'local' ? 'change.models.local' : 'change.models.any'))
    return said
}
